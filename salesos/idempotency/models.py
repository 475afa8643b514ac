"""What is kept of requests that have a key."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone


class KeptAnswer(models.Model):
    """The answer to the first request with an ``Idempotency-Key``.

    ``id`` is made of who asked and the key, so that the primary key decides which request is the first.
    ``fingerprint`` tells what was asked. ``rights`` are the role and the scopes that were asked with.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    # Whoever deletes a user, which is rare, looks through the table, so that each write has one index less.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    fingerprint = models.BinaryField(max_length=16)
    rights = models.CharField(max_length=100)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField()
    body = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now, editable=False, db_index=True)

    def __str__(self) -> str:
        return f"{self.status} at {self.created_at}"

    @property
    def is_over(self) -> bool:
        """Whether the answer is too old to be given again."""
        return self.created_at < oldest()


def oldest() -> datetime:
    """Answers from before this moment are kept no longer."""
    return timezone.now() - timedelta(hours=settings.IDEMPOTENCY_HOURS)
