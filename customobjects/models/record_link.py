from __future__ import annotations

from django.db import models

from customobjects.models.field import Field
from customobjects.models.record import Record


class RecordLink(models.Model):
    """One relation that a LOOKUP field of one record (the source) has to another record (the target).

    ``Record.data`` carries the targets' ids as well; the links are what related lists, and the rules for deleting
    a target, find the sources by.
    """

    field = models.ForeignKey(Field, on_delete=models.CASCADE, related_name="links", db_index=False)
    source = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="links_out", db_index=False)
    target = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="links_in", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "field", "target"], name="link_once")]
        indexes = [models.Index(fields=["target", "field", "source"], name="link_target")]

    def __str__(self) -> str:
        return f"{self.source_id} → {self.target_id}"
