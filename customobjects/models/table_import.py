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
    UNDOING = "undoing"
    UNDONE = "undone"


class TableImport(models.Model):
    """A table that somebody brought, on its way to become an object's records.

    Where ``is_into`` says so, the object was there before; else the import makes it.

    - ``rows`` are its rows of texts, all as long as the first, which is the header where ``has_header`` says so.
    - ``plan`` is what becomes of its columns, as ``services.table_import.plans`` writes it.
    - ``next_row`` is the first one that no batch has taken yet; ``made`` records were made of those before it.
    - ``changed`` is how many records it changed; ``refused_count`` of how many rows nothing was taken (``RefusedRow``).
    - ``changes`` are the references of the changes that it was, those that are not taken back; ``left`` is how many
      records were left as they are when it was undone, as somebody had changed them since.
    - ``problem`` says why it was stopped, or could not be undone.
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
    is_into = models.BooleanField(default=False)
    custom_object = models.ForeignKey(CustomObject, null=True, on_delete=models.CASCADE, related_name="+")
    row_count = models.PositiveIntegerField(default=0)
    next_row = models.PositiveIntegerField(default=0)
    made = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    changes = models.JSONField(default=list, encoder=json.Encoder, decoder=json.Decoder)
    left = models.PositiveIntegerField(default=0)
    refused_count = models.PositiveIntegerField(default=0)
    problem = models.TextField(default="", blank=True)

    def __str__(self) -> str:
        return self.name


class RefusedRow(models.Model):
    """A row of a table of which nothing was taken: its number in the file, from 1, and why."""

    table_import = models.ForeignKey(TableImport, on_delete=models.CASCADE, related_name="refused", db_index=False)
    number = models.PositiveIntegerField()
    reasons = models.JSONField(encoder=json.Encoder, decoder=json.Decoder)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["table_import", "number"], name="refused_row_once")]

    def __str__(self) -> str:
        return f"Row {self.number}"
