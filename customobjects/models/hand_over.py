from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from uuid_utils.compat import uuid7

from salesos.accounts.models import Organization


class HandOverState(models.TextChoices):
    """How far a hand over is."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


class HandOver(models.Model):
    """That all records of one person become another's.

    - ``after`` is the last record that a batch has looked at: they go in the order of their ids.
    - ``total`` is how many there were at the beginning; ``done`` and ``refused`` say what became of those so far.
    - ``problem`` says why it was stopped, or why the first of the refused ones stayed.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+", db_index=False)
    of = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    made_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=HandOverState, default=HandOverState.RUNNING)
    after = models.UUIDField(null=True)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    problem = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["of"], condition=models.Q(state="running"), name="handed_over_once_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"records of {self.of_id} to {self.to_id}"
