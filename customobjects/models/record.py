from __future__ import annotations

from django.conf import settings
from django.db import models

from customobjects.models.base import PRESENT, Authored
from customobjects.models.columns import TypedColumns, column_indexes
from customobjects.models.custom_object import CustomObject
from salesos import json
from salesos.accounts.models import Organization

MAX_NAME_LENGTH = 255
# The condition of what is in the trash.
DELETED = models.Q(deleted_at__isnull=False)


class Record(Authored, TypedColumns):
    """One row of an object.

    - ``data`` holds canonical values by the fields' ``data_key``; an empty value has no entry.
    - ``overflow`` holds, by ``data_key`` too, the keys of values whose field found no free typed column.
    - ``name`` is what the primary field's value looks like, cut to its column.
    - ``search_text`` is what a search looks through (``storage.derivation`` says how it is made).
    - ``version`` grows with every change; ``schema_version`` is the object's at the last one.
    - ``created_in`` is the id of the change that made it, ``created_transaction`` the place of that in the order of all
      (``storage.transaction_numbers``); older records have neither.
    - A deleted record (in the trash) keeps its data until it is purged; its unique keys and links are gone.
      ``deleted_in`` is the id of the change that deleted it, ``deleted_with`` the record that it went along with, or
      itself; who deleted it, and when, ``updated_by`` says.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", db_index=False)
    custom_object = models.ForeignKey(CustomObject, on_delete=models.CASCADE, related_name="records", db_index=False)
    data = models.JSONField(default=dict, encoder=json.Encoder, decoder=json.Decoder)
    overflow = models.JSONField(null=True)
    schema_version = models.PositiveIntegerField()
    version = models.PositiveIntegerField(default=1)
    name = models.CharField(max_length=MAX_NAME_LENGTH, blank=True, default="")
    search_text = models.TextField(blank=True, default="")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    created_in = models.UUIDField(null=True, editable=False)
    created_transaction = models.BigIntegerField(null=True, editable=False)
    deleted_at = models.DateTimeField(null=True, editable=False)
    deleted_in = models.UUIDField(null=True, editable=False)
    deleted_with = models.UUIDField(null=True, editable=False)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["custom_object", "id"], condition=PRESENT, name="record_object"),
            models.Index(fields=["custom_object", "created_at", "id"], condition=PRESENT, name="record_created_at"),
            models.Index(fields=["custom_object", "updated_at", "id"], condition=PRESENT, name="record_updated_at"),
            models.Index(fields=["owner", "updated_at", "id"], condition=PRESENT, name="record_owner"),
            models.Index(
                fields=["organization", "created_transaction", "created_in", "id"],
                condition=models.Q(created_transaction__isnull=False),
                name="record_created_in",
            ),
            models.Index(fields=["deleted_at"], condition=DELETED, name="record_deleted_at"),
            models.Index(fields=["custom_object", "deleted_at", "id"], condition=DELETED, name="record_trash"),
            models.Index(fields=["organization", "deleted_at", "id"], condition=DELETED, name="record_trash_of_all"),
            models.Index(fields=["deleted_with"], condition=DELETED, name="record_deleted_with"),
            models.Index(fields=["deleted_in"], condition=DELETED, name="record_deleted_in"),
            *column_indexes(),
        ]

    def __str__(self) -> str:
        return self.name or str(self.pk)


def column_field(name: str) -> models.Field:
    """What a column of the record table is to Django."""
    found = Record._meta.get_field(name)
    assert isinstance(found, models.Field)
    return found
