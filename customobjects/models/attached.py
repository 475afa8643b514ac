from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from uuid_utils.compat import uuid7

from customobjects.models.base import PRESENT
from customobjects.models.custom_object import CustomObject
from customobjects.models.record import DELETED, Record
from salesos.accounts.models import Organization


class Attached(models.Model):
    """What people attach to a record: a note or an activity.

    - ``text`` is plain text. A person of the organization is mentioned in it as ``@{<user id>}``; ``mentioned`` has
      the same people.
    - ``author`` is None once the user is gone.
    - ``version`` grows with every change.
    - ``deleted_at`` says since when it can be restored only. With its record it is hidden, comes back and is purged.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # These two are the record's, for the lists of all records.
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", db_index=False)
    custom_object = models.ForeignKey(CustomObject, on_delete=models.CASCADE, related_name="+", db_index=False)
    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="+", db_index=False)
    text = models.TextField(blank=True, default="")
    mentioned = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    deleted_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True
        ordering = ["-created_at", "-id"]
        indexes = [
            # Deleted ones are in it, too: a record that is purged finds them.
            models.Index(fields=["record", "created_at", "id"], name="%(class)s_record"),
            models.Index(fields=["organization", "created_at", "id"], condition=PRESENT, name="%(class)s_organization"),
            models.Index(fields=["deleted_at"], condition=DELETED, name="%(class)s_deleted_at"),
        ]

    def __str__(self) -> str:
        return self.text[:80]
