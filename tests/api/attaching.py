"""What the tests of notes and activities begin with."""

from __future__ import annotations

from typing import Any

from tests.conftest import Answer, Api


def make_deal(api: Api, **more: Any) -> str:
    """An object Deal, and the path of a record of it."""
    api.make_object("Deal", **more)
    record = api.make_record("deal", name="Big one")
    return f"deal/records/{record['id']}"


def write_note(api: Api, record: str, text: str = "Called them.") -> dict[str, Any]:
    return taken(api.post(f"{record}/notes", {"text": text}))


def add_activity(api: Api, record: str, **given: Any) -> dict[str, Any]:
    return taken(api.post(f"{record}/activities", {"kind": "task", "title": "Call back", **given}))


def taken(answer: Answer) -> dict[str, Any]:
    assert answer.status in (200, 201), answer
    return dict(answer.json)


def listed(api: Api, path: str, **params: Any) -> list[dict[str, Any]]:
    answer = api.get(path, **params)
    assert answer.status == 200, answer
    return list(answer.json["data"])


def texts(api: Api, path: str, **params: Any) -> list[str]:
    return [one["text"] for one in listed(api, path, **params)]


def titles(api: Api, path: str, **params: Any) -> list[str]:
    return [one["title"] for one in listed(api, path, **params)]
