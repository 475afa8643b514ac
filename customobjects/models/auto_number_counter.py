from __future__ import annotations

from django.db import models

from customobjects.models.field import Field


class AutoNumberCounter(models.Model):
    """The next number of an AUTO_NUMBER field. Its row is locked while a record takes a number."""

    field = models.OneToOneField(Field, primary_key=True, on_delete=models.CASCADE, related_name="counter")
    next_number = models.PositiveBigIntegerField()

    def __str__(self) -> str:
        return str(self.next_number)
