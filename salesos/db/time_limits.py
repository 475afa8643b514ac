"""Time limits of PostgreSQL for what requests do. Management commands and background work have none."""

from __future__ import annotations

from django.conf import settings


def limit_requests() -> None:
    """Have every connection that this process opens from now on begin with the limits of the settings."""
    database = settings.DATABASES["default"]
    if database["ENGINE"] != "django.db.backends.postgresql":
        return
    limits = {
        "statement_timeout": settings.STATEMENT_SECONDS,
        "lock_timeout": settings.LOCK_SECONDS,
        "idle_in_transaction_session_timeout": settings.IDLE_TRANSACTION_SECONDS,
    }
    given = database["OPTIONS"].get("options", "")
    wanted = [f"-c {name}={seconds}s" for name, seconds in limits.items() if seconds]
    if wanted:
        database["OPTIONS"]["options"] = " ".join(filter(None, [given, *wanted]))
