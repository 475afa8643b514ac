"""Reading request bodies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

from salesos import json


class TooLarge(APIException):
    """The body is larger than the setting MAX_BODY_KB (413)."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = "The request body is too large."
    default_code = "too_large"


class JSONParser(BaseParser):
    """Exact JSON (see ``json``), in UTF-8, of bounded size. Raises ``ParseError`` (400) or ``TooLarge`` (413)."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        body = stream.read(settings.MAX_BODY_BYTES + 1)
        if len(body) > settings.MAX_BODY_BYTES:
            raise TooLarge()
        try:
            return json.loads(body.decode("utf-8"))
        except UnicodeDecodeError as error:
            raise ParseError("The body is not JSON: it is not UTF-8.") from error
        except json.NotJSONError as error:
            raise ParseError(f"The body is not JSON: {error}.") from error
