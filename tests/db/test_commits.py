"""Whether a write is on the disk before it is answered: the setting SYNCHRONOUS_COMMIT, as processes connect by it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
IS_POSTGRESQL = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
QUESTION = "SHOW synchronous_commit" if IS_POSTGRESQL else "PRAGMA synchronous"
ASK = f"""
import django; django.setup()
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute({QUESTION!r})
    print(cursor.fetchone()[0])
"""


@pytest.mark.parametrize(
    ("setting", "on_postgresql", "on_sqlite"),
    [({}, "on", "2"), ({"SYNCHRONOUS_COMMIT": "1"}, "on", "2"), ({"SYNCHRONOUS_COMMIT": "0"}, "off", "1")],
)
def test_commits_wait_for_the_disk_unless_told_otherwise(
    tmp_path: Path, setting: dict[str, str], on_postgresql: str, on_sqlite: str
) -> None:
    url = os.environ["DATABASE_URL"] if IS_POSTGRESQL else f"sqlite:///{tmp_path}/db.sqlite3"
    given = {name: value for name, value in os.environ.items() if name != "SYNCHRONOUS_COMMIT"}
    asked = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=ROOT,
        env={**given, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "salesos.settings", **setting},
        capture_output=True,
        text=True,
        check=True,
    )
    assert asked.stdout.strip() == (on_postgresql if IS_POSTGRESQL else on_sqlite)
