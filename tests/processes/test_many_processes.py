"""Several server processes at once: one schema for all, lists that others write to, the same rows from everybody."""

from __future__ import annotations

import contextlib
import itertools
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from tests.server import Server, fresh_database, manage, with_company

pytestmark = pytest.mark.slow
OBJECTS = "/v1/custom-objects"


@contextlib.contextmanager
def servers(folder: Path, count: int, *, workers: int = 1) -> Iterator[list[Server]]:
    """Some servers on one database, with a company."""
    with fresh_database(folder) as database, contextlib.ExitStack() as stack:
        with_company(database)
        yield [stack.enter_context(Server(database, workers=workers)) for _ in range(count)]


class Boxes:
    """What a box must look like: the fields that are active, those that are hidden, and each record's values."""

    def __init__(self, send: Callable[[str, str, Any], tuple[int, Any]]) -> None:
        self.send = send
        self.chance = random.Random(7)
        self.active: list[str] = []
        self.hidden: list[str] = []
        self.records: dict[str, dict[str, Any]] = {}

    def ask(self, status: int, method: str, path: str, body: Any = None) -> Any:
        found, answer = self.send(method, f"/box{path}", body)
        assert found == status, answer
        return answer

    def change_schema(self, number: int) -> None:
        kind = self.chance.choice(("add", "add", "hide", "show", "delete"))
        if kind == "hide" and self.active:
            name = self.active.pop(self.chance.randrange(len(self.active)))
            self.ask(200, "PATCH", f"/fields/{name}", {"isActive": False})
            self.hidden.append(name)
        elif kind == "show" and self.hidden:
            name = self.hidden.pop()
            self.ask(200, "PATCH", f"/fields/{name}", {"isActive": True})
            self.active.append(name)
        elif kind == "delete" and self.active:
            name = self.active.pop(0)
            self.ask(204, "DELETE", f"/fields/{name}")
            for values in self.records.values():
                values.pop(name, None)
        else:
            self.ask(201, "POST", "/fields", {"label": f"f{number}", "type": "TEXT"})
            self.active.append(f"f{number}")

    def use(self, number: int) -> None:
        """One request for records, the answer to which must know all fields that there are, and no others."""
        action = self.chance.choice((self.create, self.change, self.get, self.list, self.filter))
        (action if self.records else self.create)(number)

    def create(self, number: int) -> None:
        data = {name: f"{name} {number}" for name in self.active}
        record = self.ask(201, "POST", "/records", {"data": {"name": str(number), **data}})
        self.records[record["id"]] = data
        self.judge(record)

    def change(self, number: int) -> None:
        id_ = self.chance.choice(list(self.records))
        data = {name: f"{name} {number}" for name in self.active}
        self.records[id_] |= data
        self.judge(self.ask(200, "PATCH", f"/records/{id_}", {"data": data}))

    def get(self, _number: int) -> None:
        self.judge(self.ask(200, "GET", f"/records/{self.chance.choice(list(self.records))}"))

    def list(self, _number: int) -> None:
        for record in self.ask(200, "GET", "/records?limit=5&count=none")["data"]:
            self.judge(record)

    def filter(self, _number: int) -> None:
        for name in (*self.active[-1:], *self.hidden[-1:]):
            self.ask(200 if name in self.active else 400, "GET", f"/records?{name}=x&count=none")

    def judge(self, record: dict[str, Any]) -> None:
        shown = {name: value for name, value in record["data"].items() if name != "name"}
        assert shown == {name: self.records[record["id"]].get(name) for name in self.active}


def test_four_processes_never_serve_or_lose_a_stale_field(tmp_path: Path) -> None:
    """2,000 requests, each to the next process, while the schema changes now and then at one of them."""
    with servers(tmp_path, 4) as four:
        token = four[0].sign_in()
        turns = itertools.cycle(four)
        boxes = Boxes(lambda method, path, body: next(turns).send(method, f"{OBJECTS}{path}", body, token))
        assert boxes.send("POST", "", {"name": "Box"})[0] == 201
        for number in range(2_000):
            if number % 40 == 0:
                boxes.change_schema(number)
            else:
                boxes.use(number)


def test_cursors_meet_every_record_once_while_others_write(tmp_path: Path, scale: int) -> None:
    """Walk through all records by their text while one client inserts all over the list, and another deletes."""
    with servers(tmp_path, 1, workers=2) as [server]:
        token = server.sign_in()
        server.send("POST", OBJECTS, {"name": "Box", "fields": [{"label": "Name", "type": "TEXT"}]}, token)

        def write(operations: list[dict[str, Any]]) -> list[str]:
            status, answer = server.send("POST", f"{OBJECTS}/box/records/bulk", {"operations": operations}, token)
            assert status == 200, answer
            return [result["id"] for result in answer["data"]]

        chance = random.Random(1)
        staying: set[str] = set()
        going: list[str] = []
        for start in range(0, scale, 1_000):
            made = write([{"op": "create", "data": {"name": f"{chance.random():.4f}"}} for _ in range(1_000)])
            staying |= set(made[start % 7 :])
            going += made[: start % 7]
        over = Event()

        def insert() -> None:
            while not over.is_set():
                write([{"op": "create", "data": {"name": f"{chance.random():.4f}"}} for _ in range(20)])

        def delete() -> None:
            while going and not over.is_set():
                write([{"op": "delete", "id": going.pop()} for _ in range(min(5, len(going)))])

        seen: list[str] = []
        with ThreadPoolExecutor(2) as pool:
            writers = [pool.submit(insert), pool.submit(delete)]
            cursor = ""
            try:
                while cursor is not None:
                    path = f"{OBJECTS}/box/records?sort=name&limit=100&count=none&fields=name"
                    status, page = server.send("GET", f"{path}&cursor={cursor}" if cursor else path, token=token)
                    assert status == 200
                    seen += [record["id"] for record in page["data"]]
                    cursor = page["meta"]["nextCursor"]
            finally:
                over.set()
            for writer in writers:
                writer.result()
        assert len(seen) == len(set(seen)), "nothing twice"
        assert staying <= set(seen), "nothing lost"


def test_the_same_thousand_rows_from_eight_clients(tmp_path: Path) -> None:
    with servers(tmp_path, 2, workers=2) as two:
        token = two[0].sign_in()
        fields = [
            {"label": "Code", "type": "TEXT", "isUnique": True},
            {"label": "Site", "type": "TEXT"},
            {"label": "Row", "type": "NUMBER"},
        ]
        two[0].send(
            "POST", OBJECTS, {"name": "Part", "fields": fields, "uniqueKeys": [{"fields": ["site", "row"]}]}, token
        )

        def upsert(client: int) -> tuple[int, Any]:
            rows = list(range(1_000))
            random.Random(client).shuffle(rows)
            by = ["code"] if client % 2 else ["site", "row"]
            operations = [
                {"op": "upsert", "by": by, "data": {"code": f"C{row}", "site": "Ulm", "row": row}} for row in rows
            ]
            body = {"operations": operations, "atomic": client % 4 < 2}
            return two[client % 2].send("POST", f"{OBJECTS}/part/records/bulk", body, token)

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(upsert, range(8)))
        for status, answer in answers:
            assert status == 200, answer
            assert answer["meta"] == {"succeeded": 1_000, "failed": 0}, [r for r in answer["data"] if "error" in r][:3]
        _status, page = two[0].send("GET", f"{OBJECTS}/part/records?count=exact&limit=1", token=token)
        assert page["meta"]["total"] == 1_000


def test_a_worker_fills_an_index(tmp_path: Path) -> None:
    with servers(tmp_path, 1) as [server]:
        token = server.sign_in()
        fields = [{"label": "Name", "type": "TEXT"}, {"label": "Size", "type": "NUMBER", "isIndexed": False}]
        server.send("POST", OBJECTS, {"name": "Box", "fields": fields}, token)
        operations = [{"op": "create", "data": {"name": str(n), "size": n}} for n in range(1_000)]
        for _ in range(2):
            assert server.send("POST", f"{OBJECTS}/box/records/bulk", {"operations": operations}, token)[0] == 200
        assert server.send("PATCH", f"{OBJECTS}/box/fields/size", {"isIndexed": True}, token)[1]["isIndexed"] is False
        manage(server.database_url, "worker", "--batch")
        field = server.send("GET", f"{OBJECTS}/box/fields", token=token)[1]["data"][1]
        assert (field["isIndexed"], field["filling"]) == (True, None)
        path = f"{OBJECTS}/box/records?size__gte=998&sort=-size"
        assert server.send("GET", path, token=token)[1]["meta"]["total"] == 4
