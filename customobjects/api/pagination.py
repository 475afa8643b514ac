"""Lists: their parameters, and the answer around a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rest_framework.response import Response

from customobjects.api.serializers import PageQuerySerializer


def parameters(given: Mapping[str, str], serializer: type[PageQuerySerializer]) -> dict[str, Any]:
    """A list's parameters, by their snake_case names. Raises DRF's ``ValidationError``, also for unknown ones."""
    checked = serializer(data=given)
    checked.is_valid(raise_exception=True)
    return dict(checked.validated_data)


def page_response(data: Sequence[Any], *, total: int, is_estimate: bool, page: int, limit: int) -> Response:
    """The answer of a list."""
    meta = {
        "total": total,
        "totalIsEstimate": is_estimate,
        "page": page,
        "limit": limit,
        "totalPages": -(-total // limit),
        "nextCursor": None,
    }
    return Response({"data": data, "meta": meta}, headers={"X-Total-Count": str(total)})
