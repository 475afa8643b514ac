from __future__ import annotations

from django.db import models

from customobjects.models.custom_object import CustomObject
from customobjects.models.record import Record


class UniqueKey(models.Model):
    """One value that no other record of the object may have. The database's own constraint keeps it so.

    ``name`` is the id of the unique field, or of the object's rule for several; ``digest`` is the SHA-256 of the
    values' ``identity``.
    """

    custom_object = models.ForeignKey(CustomObject, on_delete=models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=36)
    digest = models.BinaryField(max_length=32)
    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="unique_keys")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["custom_object", "name", "digest"], name="unique_key_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {bytes(self.digest).hex()[:12]}"
