from __future__ import annotations

from django_tasks_db.models import DBTaskResult


class BackgroundTask(DBTaskResult):
    """What the background is to do, does, or has done, under a name that operators know it by."""

    class Meta:
        proxy = True
        ordering = ["-enqueued_at", "-id"]
        verbose_name = "background task"

    def __str__(self) -> str:
        return self.task_path.rpartition(".")[2].replace("_", " ")
