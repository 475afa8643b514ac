"""The background's work, done at once."""

from __future__ import annotations

from django.utils.module_loading import import_string
from django_tasks_db.models import DBTaskResult


def work() -> None:
    """Do what is enqueued, and what that enqueues, as a worker does."""
    while task := DBTaskResult.objects.order_by("enqueued_at").first():
        import_string(task.task_path).call(*task.args_kwargs["args"], **task.args_kwargs["kwargs"])
        task.delete()
