"""Work that the background does: in short slices, and taken up again where a worker was killed in the middle of it.

    @task()
    def fill_in_background(field_id: str) -> None:
        background.work(lambda: fill_batch(UUID(field_id)), again=lambda: fill_in_background.enqueue(field_id))

Whatever runs so may run twice, also at the same time: each of its steps is a transaction that finds in the database
what is left to do.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks import TaskResultStatus
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult

from customobjects.services import heartbeat

# A task ends after so long, and enqueues another one for the rest: others have their turn.
SLICE_SECONDS = 20
# One that runs for so long has lost its worker.
LOST_AFTER_SECONDS = 60
# What a database raises while it is locked or away: no fault of the task's.
OUTAGES = ("django.db.utils.OperationalError", "django.db.utils.InterfaceError")


def work(step: Callable[[], bool], *, again: Callable[[], object]) -> None:
    """Take steps until one says that there is nothing more to do; after a slice of time leave the rest to ``again``."""
    end = time.monotonic() + SLICE_SECONDS
    while step():
        heartbeat.beat()
        if time.monotonic() > end:
            again()
            return


def waiting(task: Task) -> list[tuple[list[Any], dict[str, Any]]]:
    """With which arguments, by place and by name, a task is about to run, or runs. One query."""
    tasks = DBTaskResult.objects.filter(
        task_path=task.module_path, status__in=[TaskResultStatus.READY, TaskResultStatus.RUNNING]
    )
    return [(found["args"], found["kwargs"]) for found in tasks.values_list("args_kwargs", flat=True)]


def retry(ids: Collection[UUID]) -> int:
    """Make tasks ready again that failed. Each finds in the database what is left to do, so none does anything twice.

    Returns how many tasks that are: those that did not fail, and those that this version has no code for, stay.
    """
    failed = DBTaskResult.objects.filter(id__in=ids, status=TaskResultStatus.FAILED)
    known = [task.id for task in failed.only("task_path") if is_known(task.task_path)]
    return failed.filter(id__in=known).update(status=TaskResultStatus.READY, started_at=None, finished_at=None)


def is_known(task_path: str) -> bool:
    """Whether this version of the product has a task of that name."""
    try:
        return isinstance(import_string(task_path), Task)
    except ImportError:
        return False


def take_up_lost(*, running_for_seconds: int = LOST_AFTER_SECONDS) -> int:
    """Make ready again what runs for longer than that, and so lost its worker, and what an outage ended.

    Returns how many tasks that are.
    """
    before = timezone.now() - timedelta(seconds=running_for_seconds)
    running = Q(status=TaskResultStatus.RUNNING, started_at__lte=before)
    ended = Q(status=TaskResultStatus.FAILED, exception_class_path__in=OUTAGES)
    lost = DBTaskResult.objects.filter(running | ended)
    return lost.update(status=TaskResultStatus.READY, started_at=None, finished_at=None)
