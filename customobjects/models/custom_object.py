from __future__ import annotations

from typing import Any

from django.db import models

from customobjects.models.base import PRESENT, Authored
from salesos.accounts.models import Organization, User
from salesos.db.django_internals import JoinedBy


class CustomObject(Authored):
    """The definition of one kind of record: an Asset, a Project, a Site.

    ``schema_version`` grows with every change of the object or of its fields; every process compiles a schema once
    for each version. A deleted object is out of every reader's sight at once and purged later.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="custom_objects")
    # Reading both with one join of two tables takes 71 µs, by way of the organization's own row 97.
    users = JoinedBy(User, "organization")
    api_name = models.CharField(max_length=60)
    name = models.CharField(max_length=80)
    plural_name = models.CharField(max_length=80)
    description = models.TextField(blank=True, default="")
    icon = models.CharField(max_length=40, default="deployed_code")
    color = models.CharField(max_length=7, default="#2563eb")
    primary_field = models.ForeignKey(
        "customobjects.Field", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    enable_search = models.BooleanField(default=True)
    enable_history = models.BooleanField(default=True)
    # For how many days the history of its records is kept: 0 is for ever, None as the setting HISTORY_DAYS says.
    history_days = models.PositiveIntegerField(null=True)
    enable_notes = models.BooleanField(default=True)
    enable_activities = models.BooleanField(default=True)
    enable_bulk_operations = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    # Whether the primary field of an object, maybe this one, is a lookup to it: then names follow those of its records.
    names_others = models.BooleanField(default=False, db_default=False, editable=False)
    # Fields whose values no two records share together: [{"id": a UUID, "fields": [their ids]}].
    unique_keys = models.JSONField(default=list)
    # How far the background is with the unique keys of old records, by the rule's name, and why it gave up, by the
    # field's id, or those of several: {"filledTo": …, "recordsDone": …} or {"problem": …}.
    key_fillings = models.JSONField(default=dict)
    schema_version = models.PositiveIntegerField(default=1)
    # The way in which all of its records' keys and search texts are made (``storage.derivation.DERIVATION``); while
    # they are made anew, the last record that is done, and how many are.
    derivation = models.PositiveSmallIntegerField(default=1, db_default=1, editable=False)
    derived_to = models.UUIDField(null=True, editable=False)
    derived_count = models.PositiveBigIntegerField(default=0, db_default=0, editable=False)
    deleted_at = models.DateTimeField(null=True, editable=False)
    # What the definition was when this instance was locked for changing it (``services.schema_history``).
    definition_before: Any = None

    class Meta:
        ordering = ["name", "id"]
        verbose_name = "object"
        constraints = [
            models.UniqueConstraint(fields=["organization", "api_name"], condition=PRESENT, name="object_api_name_once")
        ]

    def __str__(self) -> str:
        return self.name
