"""``manage.py worker``: do the background's work, for as long as it runs."""

from __future__ import annotations

import logging
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, connection
from django_tasks import DEFAULT_TASK_BACKEND_ALIAS, DEFAULT_TASK_QUEUE_NAME
from django_tasks.utils import get_random_id
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from customobjects.services import background, heartbeat, rederivation, searching

logger = logging.getLogger(__name__)

IDLE_SECONDS = 1.0
LOOK_FOR_LOST_EVERY_SECONDS = 60
LOG_OUTAGE_EVERY_SECONDS = 60


class Command(BaseCommand):
    help = "Do the background's work. Safe to kill: what is unfinished is taken up at the next start, or in a minute."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", action="store_true", help="end when nothing is left to do")

    def handle(self, *args: Any, **options: Any) -> None:
        # The library's worker says each second that it starts.
        logging.getLogger("django_tasks_db").setLevel(logging.WARNING)
        worker = Worker(
            queue_names=[DEFAULT_TASK_QUEUE_NAME],
            interval=IDLE_SECONDS,
            batch=True,
            backend_name=DEFAULT_TASK_BACKEND_ALIAS,
            startup_delay=False,
            max_tasks=1,
            worker_id=get_random_id(),
        )
        worker.configure_signals()
        run(worker, ends_when_idle=options["batch"])


def run(worker: Worker, *, ends_when_idle: bool) -> None:
    """Look for lost work at the start and every minute, and do what is ready; outlive a database that is away.

    The worker runs one task at a time: between two of them it is seen what else there is to do.
    """
    running_for, looked_at = 0, float("-inf")
    outage = Outage()
    while worker.running:
        try:
            if time.monotonic() - looked_at > LOOK_FOR_LOST_EVERY_SECONDS:
                heartbeat.start()
                if lost := background.take_up_lost(running_for_seconds=running_for):
                    logger.warning("%d tasks had lost their worker, or the database; they are done again", lost)
                rederivation.start_unfinished()
                running_for, looked_at = background.LOST_AFTER_SECONDS, time.monotonic()
            searching.start_unfinished()
            worker.run()
            heartbeat.beat()
            is_idle = not DBTaskResult.objects.ready().exists()
        except DatabaseError as error:
            outage.goes_on(error)
            connection.close()
            # What this worker was at is taken up at once when the database is back.
            running_for, looked_at = 0, float("-inf")
            is_idle = True
        else:
            outage.ends()
            if ends_when_idle and is_idle:
                return
        if worker.running and is_idle:
            time.sleep(IDLE_SECONDS)


class Outage:
    """How long the database has not let the background work, as the log says it: at once, and then every minute."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._logged_at = float("-inf")

    def goes_on(self, error: DatabaseError) -> None:
        """The database refused once more."""
        now = time.monotonic()
        if self._since is None:
            self._since = self._logged_at = now
            logger.error("The database does not let the background work; it is tried again", exc_info=error)
        elif now - self._logged_at >= LOG_OUTAGE_EVERY_SECONDS:
            self._logged_at = now
            logger.error("The background has not worked for %d seconds: %s", now - self._since, error)

    def ends(self) -> None:
        """The database did not refuse."""
        if self._since is not None:
            logger.warning("The background works again, after %d seconds", time.monotonic() - self._since)
            self._since = None
