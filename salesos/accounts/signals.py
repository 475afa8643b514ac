"""What Django says of signing in and out, noted in the audit log, whichever door it was."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from salesos.accounts import audit
from salesos.accounts.models import AuditEntry, User

Kind = AuditEntry.Kind


@receiver(user_logged_in)
def note_sign_in(request: Any, user: User, **_signal: Any) -> None:
    audit.note_session(request, Kind.SIGN_IN, user)


@receiver(user_logged_out)
def note_sign_out(request: Any, user: User | None, **_signal: Any) -> None:
    # None where nobody was signed in.
    if user is not None:
        audit.note_session(request, Kind.SIGN_OUT, user)


@receiver(user_login_failed)
def note_failure(credentials: dict[str, Any], request: Any = None, **_signal: Any) -> None:
    audit.note_attempt(request, Kind.SIGN_IN_FAILED, str(credentials.get("username") or ""))
