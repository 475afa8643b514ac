from __future__ import annotations

from django.conf import settings
from django.db import models


class ObjectOrder(models.Model):
    """The order in which a person likes to see the objects: a list of their ids. Those that it lacks come behind."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="+")
    object_ids = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.user_id}: {len(self.object_ids)} objects"
