"""``manage.py fill``: fill in now what old records lack, where no worker does it in the background."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from customobjects.services import backfill, rederivation, searching


class Command(BaseCommand):
    help = "Fill in what old records lack: indexes, defaults, names. Safe to run twice, and to interrupt."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=backfill.BATCH_SIZE, help="records in one transaction")

    def handle(self, *args: Any, **options: Any) -> None:
        rederivation.rederive_all(self.stdout.write, batch=options["batch"])
        backfill.fill_all(self.stdout.write, batch=options["batch"])
        searching.take_in_all(self.stdout.write)
