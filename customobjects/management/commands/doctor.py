"""``manage.py doctor``: whether what is stored agrees with itself; with ``--mend``, what does not is mended."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection

from customobjects.services import doctor


class Command(BaseCommand):
    help = (
        "Check the database, the background, and that what is stored of records agrees with their values. Runs beside "
        "a working server. Ends with 1 where something is wrong and was not mended."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--mend", action="store_true", help="mend what can be mended without a person's choice")
        parser.add_argument("--organization", default="", metavar="NAME", help="look at this organization's objects")
        parser.add_argument("--object", default="", metavar="API_NAME", help="look at the objects of this name")
        parser.add_argument("--only", nargs="+", choices=doctor.KEYS, default=doctor.KEYS, help="checks, by name")
        parser.add_argument("--batch", type=int, default=doctor.BATCH_SIZE, help="records looked at together")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["batch"] < 1:
            raise CommandError("--batch must be at least 1")
        try:
            connection.ensure_connection()
        except (DatabaseError, OSError) as error:
            raise CommandError(f"the database does not answer: {error}") from error
        chosen = options["organization"], options["object"]
        if any(chosen) and not any(doctor.examined_objects(*chosen)):
            raise CommandError("there is no such object")
        findings = doctor.examine(
            self.stdout.write,
            objects=doctor.examined_objects(*chosen),
            only=options["only"],
            mend=options["mend"],
            batch=options["batch"],
        )
        for finding in findings:
            self.stdout.write(str(finding))
        if any(finding.is_left for finding in findings):
            mend = "" if options["mend"] else " --mend mends what needs no person's choice."
            self.stdout.write(self.style.ERROR(f"Something is wrong.{mend}"))
            sys.exit(1)
        self.stdout.write(self.style.SUCCESS("All that was wrong is mended." if findings else "Nothing is wrong."))
