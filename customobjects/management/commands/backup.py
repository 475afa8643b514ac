"""``manage.py backup``: copy SQLite's database into a file, beside a working server."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from salesos.db.backup import copy_database


class Command(BaseCommand):
    help = (
        "Copy SQLite's database into a new file, beside a working server. PostgreSQL has pg_dump for that "
        "(docs/operating.md)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="where the copy is to be: a file that is not there yet")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if connection.vendor != "sqlite":
            command = f"pg_dump --format=custom --file={path} {connection.settings_dict['NAME']}"
            raise CommandError(f"PostgreSQL is backed up with its own program: {command}")
        try:
            copy_database(path)
        except FileExistsError as error:
            raise CommandError(f"{path} is there already; it is not overwritten") from error
        except (OSError, sqlite3.Error) as error:
            raise CommandError(f"{path} cannot be written: {error}") from error
        self.stdout.write(f"{path}: {path.stat().st_size:,} bytes")
