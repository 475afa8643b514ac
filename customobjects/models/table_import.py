from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from uuid_utils.compat import uuid7

from customobjects.models.custom_object import CustomObject
from salesos import json
from salesos.accounts.models import Organization


class ImportState(models.TextChoices):
    """How far an import is."""

    DRAFT = "draft"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    UNDONE = "undone"


class TableImport(models.Model):
    """A table that somebody brought, on its way to become an object's records.

    - ``rows`` are its rows of texts, all as long as the first, which is the header where ``has_header`` says so.
    - ``plan`` is what becomes of its columns, as ``services.table_import.plans`` writes it.
    - ``next_row`` is the first one that no batch has taken yet; ``made`` records were made of those before it.
    - ``refused`` are the numbers of rows of which none was made, and why: pairs, the first ones; ``refused_count`` all.
    - ``problem`` says why it was stopped.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+", db_index=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField(default=timezone.now, db_index=True)
    name = models.CharField(max_length=255)
    rows = models.JSONField(encoder=json.Encoder, decoder=json.Decoder)
    has_header = models.BooleanField(default=True)
    plan = models.JSONField(default=dict, encoder=json.Encoder, decoder=json.Decoder)
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.DRAFT)
    custom_object = models.ForeignKey(CustomObject, null=True, on_delete=models.CASCADE, related_name="+")
    row_count = models.PositiveIntegerField(default=0)
    next_row = models.PositiveIntegerField(default=0)
    made = models.PositiveIntegerField(default=0)
    refused = models.JSONField(default=list, encoder=json.Encoder, decoder=json.Decoder)
    refused_count = models.PositiveIntegerField(default=0)
    problem = models.TextField(default="", blank=True)

    def __str__(self) -> str:
        return self.name
