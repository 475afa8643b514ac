"""Whether the background works: its worker writes into the database, now and then, that it does.

So every process can tell, on every machine, and a worker that runs and cannot write is one that does not work.
"""

from __future__ import annotations

import time

from django.utils import timezone

from customobjects.models import Heartbeat
from salesos.readiness import Report

BACKGROUND = "background"
BEAT_SECONDS = 15
# Without a beat for so long, the background does not work.
LATE_AFTER_SECONDS = 60

# When this process last wrote it; None in one that is no worker.
_beaten_at: float | None = None


def start() -> None:
    """Write that this process works, from now on whenever it says so. Raises Django's database errors."""
    global _beaten_at
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=BACKGROUND, beaten_at=timezone.now())],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["beaten_at"],
    )
    _beaten_at = time.monotonic()


def beat() -> None:
    """Say that the background works: written where it was not for a while. Raises Django's database errors."""
    if _beaten_at is not None and time.monotonic() - _beaten_at >= BEAT_SECONDS:
        start()


def background_report() -> Report:
    """What ``/readyz`` tells of the background. One query. Raises Django's database errors."""
    beaten_at = Heartbeat.objects.filter(name=BACKGROUND).values_list("beaten_at", flat=True).first()
    if beaten_at is None:
        return Report(None, "the background has never worked; start manage.py worker")
    seconds = (timezone.now() - beaten_at).total_seconds()
    if seconds <= LATE_AFTER_SECONDS:
        return Report(beaten_at)
    return Report(
        beaten_at,
        f"the background has not worked for {seconds:.0f} seconds; see whether manage.py worker runs, and its log",
    )
