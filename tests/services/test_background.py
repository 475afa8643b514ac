"""Work of the background that has lost its worker is done again: found at a worker's start, and every minute."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from customobjects.management.commands import worker as command
from customobjects.services import backfill, background, heartbeat


def running_for(seconds: float) -> DBTaskResult:
    """A task that a worker has taken so many seconds ago, and not ended."""
    task = DBTaskResult.objects.get(id=backfill.fill_in_background.enqueue(str(uuid4())).id)
    task.status, task.started_at = "RUNNING", timezone.now() - timedelta(seconds=seconds)
    task.save()
    return task


def statuses(*tasks: DBTaskResult) -> list[str]:
    return [DBTaskResult.objects.get(id=task.id).status for task in tasks]


def test_what_runs_for_a_minute_has_lost_its_worker(db: None) -> None:
    lost, going_on = running_for(61), running_for(5)
    assert background.take_up_lost() == 1
    assert statuses(lost, going_on) == ["READY", "RUNNING"]
    # At the start of a worker none of them has one.
    assert background.take_up_lost(running_for_seconds=0) == 1
    assert statuses(lost, going_on) == ["READY", "READY"]


class BusyWorker:
    """A worker for which ten seconds pass with each turn, until ``end``. ``at`` has what comes up, by time."""

    def __init__(self, end: float, at: dict[float, Callable[[], Any]]) -> None:
        self.now, self._end, self._at = 0.0, end, at

    @property
    def running(self) -> bool:
        return self.now < self._end

    def run(self) -> None:
        self._at.get(self.now, lambda: None)()
        self.now += 10


def test_a_worker_looks_for_lost_work_at_its_start_and_every_minute(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from_before = running_for(5)
    later: list[DBTaskResult] = []
    seen: dict[str, list[str]] = {}
    worker = BusyWorker(
        80,
        {
            0: lambda: seen.update(start=statuses(from_before)),
            # The worker of another machine has been killed.
            10: lambda: later.append(running_for(120)),
            60: lambda: seen.update(minute=statuses(*later)),
            70: lambda: seen.update(after=statuses(*later)),
        },
    )
    clock = SimpleNamespace(monotonic=lambda: worker.now, sleep=lambda _seconds: None)
    monkeypatch.setattr(command, "time", clock)
    monkeypatch.setattr(heartbeat, "_beaten_at", None)
    command.run(worker, ends_when_idle=False)  # type: ignore[arg-type]
    assert seen == {"start": ["READY"], "minute": ["RUNNING"], "after": ["READY"]}
