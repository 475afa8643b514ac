from __future__ import annotations

from django.db import models


class TransactionBase(models.Model):
    """What is added to PostgreSQL's numbers of transactions (see ``storage.transaction_numbers``): one row."""

    base = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.base)
