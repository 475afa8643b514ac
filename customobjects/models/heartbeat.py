from __future__ import annotations

from django.db import models


class Heartbeat(models.Model):
    """When something that works beside the server, such as the background, last did: one row for each such thing."""

    name = models.CharField(max_length=50, primary_key=True)
    beaten_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
