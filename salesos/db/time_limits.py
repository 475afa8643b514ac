"""What PostgreSQL is told of requests: their time limits, and what kind of disk to plan for.

Management commands and background work have neither.
"""

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
    if settings.RANDOM_PAGE_PERCENT and "random_page_cost" not in given:
        wanted.append(f"-c random_page_cost={settings.RANDOM_PAGE_PERCENT / 100}")
    if wanted:
        database["OPTIONS"]["options"] = " ".join(filter(None, [given, *wanted]))
