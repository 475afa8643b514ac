"""URL: addresses that a browser opens."""

from __future__ import annotations

from contextlib import suppress
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from customobjects.fieldtypes.contacts import Address
from customobjects.fieldtypes.kinds import ValueProblem
from customobjects.fieldtypes.text import parse_line


class Url(Address):
    """A web address with http or https. Nothing else is let through, so that a link never runs a script."""

    key = "URL"
    column_width = 220
    label = "Web address"
    icon = "link"
    description = "A link: a website, a document, a picture."
    place = 130
    control = "url"
    schema = {"type": "string", "maxLength": URLValidator.max_length}
    value_is_identity = True
    has_long_keys = True
    judge = URLValidator(schemes=["http", "https"])

    def parse(self, value: object) -> str:
        text = parse_line(value).strip()
        try:
            text = with_scheme(text)
            try:
                self.judge(text)
            except ValidationError:
                self.judge(with_public_name(text))
        except (ValidationError, ValueError) as error:
            raise ValueProblem("type", "must be a web address such as https://example.com/page") from error
        return text

    def link(self, value: str) -> str:
        # However a value came in: a browser would run the code of any other scheme.
        return value if value.lower().startswith(("http://", "https://")) else ""


def with_scheme(text: str) -> str:
    """A web address as a browser completes it: ``www.example.com/x`` is ``https://www.example.com/x``.

    What is on this machine, or is named by its number, has no certificate mostly, and gets ``http``. What is no such
    address stays as it is: a word, an e-mail address, another scheme.
    """
    host, colon, port = text.partition("/")[0].partition("?")[0].partition("#")[0].rpartition(":")
    if not colon:
        host, port = port, ""
    if "://" in text or (colon and not (port.isascii() and port.isdigit())):
        return text
    with suppress(ValueError):
        ip_address(host.removeprefix("[").removesuffix("]"))
        return f"http://{text}"
    if host.lower() == "localhost":
        return f"http://{text}"
    name, point, last = host.rpartition(".")
    return f"https://{text}" if name and point and last[:1].isalpha() and "@" not in host else text


def with_public_name(text: str) -> str:
    """An address as it would be, were its host not one of a company's own network: ``http://intranet/x``.

    Hosts there have names without a point, and some with underscores. Raises ``ValueError``.
    """
    parts = urlsplit(text)
    user, at, place = parts.netloc.rpartition("@")
    host, colon, port = place.partition(":")
    public = host.replace("_", "x")
    if "." not in public:
        public = f"{public}.example"
    return parts._replace(netloc=f"{user}{at}{public}{colon}{port}").geturl()
