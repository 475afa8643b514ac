from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from customobjects.services import searching
from customobjects.services.purge import BATCH_SIZE, purge


class Command(BaseCommand):
    help = (
        "Remove for good what was deleted: objects, values of deleted fields, and records whose days in the trash "
        "are over. Works in batches beside a running server; safe to interrupt and to run again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--batch", type=int, default=BATCH_SIZE, help="records in one transaction (default %(default)s)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        purge(self.stdout.write, batch=options["batch"])
        # What is gone is gone from the search index, too.
        searching.take_in_all(self.stdout.write)
        self.stdout.write(self.style.SUCCESS("Nothing more to purge."))
