"""Where a request comes from."""

from __future__ import annotations

from typing import Any

from rest_framework.throttling import BaseThrottle

_throttle = BaseThrottle()


def address_of(request: Any) -> str:
    """The address of a client, as far as the proxies in front are believed (``NUM_PROXIES``); maybe empty."""
    # DRF's request looks each attribute up in vain first.
    return _throttle.get_ident(getattr(request, "_request", request)) or ""
