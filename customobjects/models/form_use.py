from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class FormUse(models.Model):
    """What was made with one form of a page, so that sending it twice makes one thing.

    ``token`` is the form's own; ``digest`` tells what was sent with it. ``name`` and ``address`` are what the first
    sending made, and where that is shown.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    token = models.UUIDField()
    digest = models.CharField(max_length=32)
    name = models.CharField(max_length=255, blank=True, default="")
    address = models.CharField(max_length=500, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now, editable=False, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "token"], name="form_used_once")]

    def __str__(self) -> str:
        return self.name
