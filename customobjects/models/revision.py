from __future__ import annotations

from django.db import models

from salesos import json

# What ``changes`` has a record's owner under: no field's ``data_key`` has a dot.
OWNER = ".owner"


class RevisionKind(models.TextChoices):
    UPDATE = "update"
    DELETE = "delete"
    RESTORE = "restore"


class Revision(models.Model):
    """One change of one record of an object that keeps a history. Its creation has none: the record tells of it.

    - ``changes`` holds, by ``data_key``, each changed field's value before and after: ``[old, new]``, null where it
      was empty; under ``OWNER`` the owner's id. A deletion and a restoration have none.
    - ``version`` is the record's after it.
    - ``change_id`` is that of all that one request did; ``transaction`` is its place in the order of all
      (``storage.transaction_numbers``).
    - ``via`` is what it was done through, and ``by_id`` who did it: None for the server itself.

    Rows are never changed, and only purged: the database refuses all else. There are no foreign keys: what a row tells
    of may be purged before it, and checking them would take a change longer than noting it.
    """

    organization_id = models.UUIDField()
    custom_object_id = models.UUIDField()
    record_id = models.UUIDField()
    version = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=RevisionKind)
    changes = models.JSONField(encoder=json.Encoder, decoder=json.Decoder)
    change_id = models.UUIDField()
    transaction = models.BigIntegerField()
    at = models.DateTimeField()
    by_id = models.UUIDField(null=True)
    via = models.CharField(max_length=10)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["record_id", "-version"], name="revision_record"),
            models.Index(fields=["organization_id", "transaction", "change_id", "id"], name="revision_transaction"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.record_id} to version {self.version}"
