from __future__ import annotations

from django.conf import settings
from django.db import models

from customobjects.models.attached import Attached
from customobjects.models.base import PRESENT


class ActivityKind(models.TextChoices):
    TASK = "task"
    CALL = "call"
    MEETING = "meeting"


class Activity(Attached):
    """What somebody is to do about a record, or has done.

    - ``due`` is a moment; where ``due_is_day`` says so, it stands for a day, and is the last moment of it in UTC: so a
      day is over when it is past.
    - ``done_at`` and ``done_by`` say when it was done, and who said so; an open one has neither.
    """

    kind = models.CharField(max_length=10, choices=ActivityKind)
    title = models.CharField(max_length=255)
    due = models.DateTimeField(null=True)
    due_is_day = models.BooleanField(default=False)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )

    class Meta(Attached.Meta):
        verbose_name_plural = "activities"
        indexes = [
            *Attached.Meta.indexes,
            models.Index(
                fields=["assignee", "due", "id"],
                condition=PRESENT & models.Q(done_at__isnull=True),
                name="activity_open",
            ),
            models.Index(fields=["organization", "due", "id"], condition=PRESENT, name="activity_due"),
        ]

    def __str__(self) -> str:
        return self.title
