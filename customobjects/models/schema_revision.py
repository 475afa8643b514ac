from __future__ import annotations

from django.db import models
from django.utils import timezone
from uuid_utils.compat import uuid7

from customobjects.models.custom_object import CustomObject
from customobjects.models.field import Field
from salesos import json
from salesos.accounts.models import Organization, User


class SchemaRevision(models.Model):
    """One change of the definition of an object, or of one of its fields (``field``, which is None for the object).

    ``changes`` has each property that became another, by its name in the API: ``{"label": ["Cost", "Price"]}``, an
    option by its own name: ``{"options.max": [null, 100]}``. What there is not, before or after, is null.

    The database keeps revisions as they are (``salesos.db.append_only``). They name what they are about without a
    constraint, and outlive it; ``field_api_name`` says what a field is called that is purged.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey(
        Organization, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    custom_object = models.ForeignKey(
        CustomObject,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="schema_revisions",
    )
    field = models.ForeignKey(
        Field, null=True, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    field_api_name = models.CharField(max_length=60, blank=True, default="")
    kind = models.CharField(max_length=10)
    changes = models.JSONField(default=dict, encoder=json.Encoder, decoder=json.Decoder)
    schema_version = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        User, null=True, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    via = models.CharField(max_length=10)
    # The change that it is part of, and its place in the order of all (``storage.transaction_numbers``).
    change_id = models.UUIDField(db_index=True, editable=False)
    transaction = models.BigIntegerField(editable=False)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index("custom_object", models.F("at").desc(), models.F("id").desc(), name="schema_revision_by_time")
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.field_api_name or 'the object'} at version {self.schema_version}"
