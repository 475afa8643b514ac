"""An object that a test has for itself, and what the API says of its records."""

from __future__ import annotations

from typing import Any

from tests.server import Server

OBJECTS = "/v1/custom-objects"
BULK = 1_000
FIELDS: list[dict[str, Any]] = [
    {"label": "Name", "type": "TEXT", "isRequired": True},
    {"label": "Size", "type": "NUMBER", "options": {"max": 1000}},
    {"label": "Bought", "type": "DATE"},
    {"label": "Seen", "type": "DATETIME"},
    {"label": "State", "type": "PICKLIST", "options": {"values": ["New", "Used", "Broken"]}},
    {"label": "Sold", "type": "CHECKBOX"},
]


class Parts:
    """An object with some records, made anew."""

    made = 0

    def __init__(self, server: Server) -> None:
        Parts.made += 1
        self.server, self.token = server, server.sign_in()
        body = {"name": f"Part {Parts.made}", "fields": FIELDS, "enableHistory": True}
        status, made = server.send("POST", OBJECTS, body, self.token)
        assert status == 201, made
        self.name = made["apiName"]
        self.page = f"/o/{self.name}/"
        self.list = f"{self.page}?sort=name"
        self.path = f"{OBJECTS}/{self.name}/records"

    def make(self, count: int) -> None:
        """Records P000, P001 and so on, whose sizes are their numbers up to a thousand."""
        for start in range(0, count, BULK):
            records = [
                {
                    "op": "create",
                    "data": {"name": f"P{number:03}", "size": number % 1000, "state": "New", "sold": number % 2 == 0},
                }
                for number in range(start, min(count, start + BULK))
            ]
            status, answer = self.server.send("POST", f"{self.path}/bulk", {"operations": records}, self.token)
            assert status == 200, answer

    def _listed(self) -> list[dict[str, Any]]:
        _status, answer = self.server.send("GET", f"{self.path}?limit=100", token=self.token)
        return list(answer["data"])

    def all(self) -> dict[str, dict[str, Any]]:
        """What each record holds, by its id."""
        return {record["id"]: record["data"] for record in self._listed()}

    def id_of(self, name: str) -> str:
        return next(id_ for id_, data in self.all().items() if data["name"] == name)

    def held(self, name: str, field: str) -> Any:
        return next(data[field] for data in self.all().values() if data["name"] == name)

    def names(self) -> list[str]:
        return sorted(data["name"] for data in self.all().values())

    def versions(self) -> int:
        """How often all records were changed, together."""
        return sum(record["version"] - 1 for record in self._listed())

    def change(self, record: str, **data: Any) -> None:
        """As somebody else does it meanwhile to the record of this name."""
        path = f"{self.path}/{self.id_of(record)}"
        status, answer = self.server.send("PATCH", path, {"data": data}, self.token)
        assert status == 200, answer

    def delete(self, record: str) -> None:
        """As somebody else does it meanwhile to the record of this name."""
        assert self.server.send("DELETE", f"{self.path}/{self.id_of(record)}", token=self.token)[0] == 204
