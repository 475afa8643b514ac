"""Keeping what somebody typed into a form that could not be taken, until the form is shown again.

Who is signed in has it kept in the session. Who is not gets it back within the page that asks them to sign in, signed,
so that nothing is stored for strangers.
"""

from __future__ import annotations

from typing import Any

from django.core import signing
from django.http import HttpRequest, QueryDict

SESSION_KEY = "kept_form"
SALT = "salesos.kept_forms"
MAX_AGE_SECONDS = 24 * 3600
# A record's text and more; what is longer is not kept.
MAX_LENGTH = 1_000_000
NOT_KEPT = ("csrfmiddlewaretoken",)


def pack(request: HttpRequest) -> str:
    """What was sent, as a text for a hidden control; empty where it is too long."""
    kept = _of(request)
    return signing.dumps(kept, salt=SALT, compress=True) if len(kept["data"]) <= MAX_LENGTH else ""


def unpack(request: HttpRequest, packed: str) -> str:
    """Put into the session what ``pack`` packed, and return the form's address; empty where there is nothing."""
    try:
        kept = signing.loads(packed, salt=SALT, max_age=MAX_AGE_SECONDS) if packed else None
    except signing.BadSignature:
        kept = None
    if kept is None:
        return ""
    request.session[SESSION_KEY] = kept
    return str(kept["path"])


def keep(request: HttpRequest) -> str:
    """Put what was sent into the session, and return the form's address."""
    kept = _of(request)
    if len(kept["data"]) <= MAX_LENGTH:
        request.session[SESSION_KEY] = kept
    return str(kept["path"])


def take(request: HttpRequest) -> QueryDict | None:
    """What was kept for the page that is asked for. It is there once."""
    if request.session.get(SESSION_KEY, {}).get("path") != request.get_full_path():
        return None
    return QueryDict(request.session.pop(SESSION_KEY)["data"])


def _of(request: HttpRequest) -> dict[str, Any]:
    sent = request.POST.copy()
    for name in NOT_KEPT:
        sent.pop(name, None)
    return {"path": request.get_full_path(), "data": sent.urlencode()}
