"""A backup of a server that works, as docs/operating.md teaches it, restored into an empty database."""

from __future__ import annotations

import shutil
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tests.conftest import OBJECTS
from tests.postgres import has_postgres, program
from tests.server import EMAIL, Server, empty_database, fresh_database, manage, with_company


class Company:
    """What a program sees of a server."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.token = server.sign_in()

    def send(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        return self.server.send(method, path, body, self.token)

    def get(self, path: str, **params: Any) -> Any:
        status, answer = self.send("GET", f"{path}?{urlencode(params)}")
        assert status == 200, answer
        return answer

    def everything(self) -> dict[str, Any]:
        """All objects with their fields, and all records of each, as the API tells them."""
        objects = self.get(OBJECTS, limit=100)["data"]
        assert len(objects) > 5
        return {each["apiName"]: (self.get(f"{OBJECTS}/{each['id']}"), self.records(each["id"])) for each in objects}

    def records(self, reference: str) -> list[Any]:
        found: list[Any] = []
        cursor: str | None = ""
        while cursor is not None:
            page = self.get(f"{OBJECTS}/{reference}/records", limit=100, **({"cursor": cursor} if cursor else {}))
            found += page["data"]
            cursor = page["meta"]["nextCursor"]
        return found

    def attached(self) -> list[Any]:
        """The notes that mention who asks, and the activities that are open, as the API tells them."""
        notes = self.get("/v1/notes", mentioning="me")["data"]
        return [notes, self.get("/v1/activities", assignee="me", done="false")["data"]]

    def make(self, reference: str, **data: Any) -> Any:
        status, answer = self.send("POST", f"{OBJECTS}/{reference}/records", {"data": data})
        assert status == 201, answer
        return answer


def fill(company: Company) -> None:
    """Beside the sample data, what is kept in other tables: unique keys, links, numbers, overflow, a trash."""
    fields = [
        {"label": "Code", "type": "TEXT", "isUnique": True},
        {"label": "No", "type": "AUTO_NUMBER"},
        {"label": "Weight", "type": "NUMBER", "isIndexed": False},
        {"label": "Payload", "type": "JSON"},
        {"label": "Account", "type": "LOOKUP", "options": {"target": "account", "onDelete": "restrict"}},
    ]
    status, answer = company.send("POST", OBJECTS, {"name": "Box", "fields": fields})
    assert status == 201, answer
    account = company.records("account")[0]["id"]
    for number in range(120):
        weight = f"{number}.100000000000001"
        company.make(
            "box", code=f"Zoë {number}", weight=weight, payload={"a": [1, None, "\U0001f9ed"]}, account=account
        )
    noted = f"{OBJECTS}/box/records/{company.records('box')[50]['id']}"
    assert company.send("POST", f"{noted}/notes", {"text": f"@{EMAIL} \U0001f9ed"})[0] == 201
    activity = {"kind": "call", "title": "Call back", "due": "2026-11-30"}
    assert company.send("POST", f"{noted}/activities", activity)[0] == 201
    for record in company.records("box")[:10]:
        assert company.send("DELETE", f"{OBJECTS}/box/records/{record['id']}")[0] == 204


def backup_and_restore_sqlite(url: str, file: Path, into: str) -> None:
    manage(url, "backup", str(file))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    # One that is restored has no log beside it.
    shutil.copyfile(file, into.removeprefix("sqlite:///"))


def backup_and_restore_postgresql(url: str, file: Path, into: str) -> None:
    run(program("pg_dump"), "--format=custom", f"--file={file}", url)
    run(program("pg_restore"), "--no-owner", "--exit-on-error", "--single-transaction", f"--dbname={into}", str(file))


def run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
@pytest.mark.skipif(not has_postgres() and connection.vendor == "postgresql", reason="pg_dump is missing")
def test_a_server_is_restored_from_its_backup(tmp_path: Path) -> None:
    backup_and_restore: Callable[[str, Path, str], None] = {
        "sqlite": backup_and_restore_sqlite,
        "postgresql": backup_and_restore_postgresql,
    }[connection.vendor]
    with fresh_database(tmp_path) as url, empty_database(tmp_path) as other:
        with_company(url, sample=True)
        with Server(url, workers=1) as server:
            company = Company(server)
            fill(company)
            # What the background has brought in, and what it has yet to.
            manage(url, "worker", "--batch")
            company.make("box", code="late")
            before = company.everything()
            attached = company.attached()
            # Of a server that works: its last writes are in SQLite's log alone.
            backup_and_restore(url, tmp_path / "backup", other)
            company.make("box", code="behind the backup")
        manage(other, "migrate", "--verbosity", "0")
        # With another key, everybody signs in anew, with their old passwords.
        with Server(other, workers=1, settings={"SECRET_KEY": "another-key-" * 6}) as server:
            restored = Company(server)
            after = restored.everything()
            assert after.keys() == before.keys()
            for name, (definition, records) in before.items():
                assert after[name][0] == definition, name
                assert after[name][1] == records, name
            assert len(before["box"][1]) == 111
            assert all(attached)
            assert restored.attached() == attached
            # What is not records is there, too: unique keys, counters, links, what search finds.
            assert restored.send("POST", f"{OBJECTS}/box/records", {"data": {"code": "late"}})[0] == 409
            assert restored.make("box", code="new")["data"]["no"] == "0122"
            account = before["box"][1][-1]["data"]["account"]
            assert restored.send("DELETE", f"{OBJECTS}/account/records/{account}")[0] == 409
            found = restored.get(f"{OBJECTS}/box/records", search="zoe 77")["data"]
            # The number of the one before it is 0077.
            assert [record["data"]["code"] for record in found] == ["Zoë 77", "Zoë 76"]
        manage(other, "worker", "--batch")
        assert manage(other, "doctor").strip() == "Nothing is wrong."


@pytest.mark.sqlite
@pytest.mark.django_db
def test_a_backup_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("something else")
    with pytest.raises(CommandError, match="is there already; it is not overwritten"):
        call_command("backup", str(tmp_path / "there"))
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("backup", str(tmp_path / "nowhere" / "backup"))
    assert (tmp_path / "there").read_text() == "something else"
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


@pytest.mark.postgresql
def test_postgresql_has_a_program_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="PostgreSQL is backed up with its own program: pg_dump --format=custom"):
        call_command("backup", str(tmp_path / "backup"))
