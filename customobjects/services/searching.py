"""Bringing records into SQLite's search index, in the background: until then searches look at them one by one."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.db import transaction
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from customobjects.services import background
from customobjects.storage import search_index

logger = logging.getLogger(__name__)

# Records in one transaction: others cannot write meanwhile, for some 30 ms.
BATCH_SIZE = 500

Report = Callable[[str], None]


def start_unfinished() -> None:
    """Have the background bring in what waits, where it is not about to. One query, where nothing does."""
    if not search_index.is_anything_waiting():
        return
    path = index_in_background.module_path
    known = DBTaskResult.objects.filter(task_path=path, status__in=[TaskResultStatus.READY, TaskResultStatus.RUNNING])
    if not known.exists():
        index_in_background.enqueue()


@task()
def index_in_background() -> None:
    """Bring in what waits, batch by batch, and let others write in between: what a worker runs."""

    def step() -> bool:
        began = time.monotonic()
        has_more = take_in_batch() == BATCH_SIZE
        time.sleep(time.monotonic() - began if has_more else 0)
        return has_more

    background.work(step, again=index_in_background.enqueue)


def take_in_all(report: Report) -> None:
    """Bring in all that waits, and return when it is done. ``report`` gets a line at the end."""
    number = 0
    while search_index.is_anything_waiting():
        number += take_in_batch()
    if number:
        report(f"search: {number} records")


def take_in_batch(size: int = BATCH_SIZE) -> int:
    """Bring in some of what waits, in one transaction. Returns how many records that were."""
    with transaction.atomic():
        return search_index.take_in(size) if search_index.is_anything_waiting() else 0
