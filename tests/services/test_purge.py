"""Purging: what was deleted is removed for good, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from customobjects.models import Activity, AutoNumberCounter, CustomObject, Field, Note, Record, RecordLink, UniqueKey
from customobjects.services.purge import purge
from tests.api.attaching import add_activity, write_note
from tests.conftest import Api


@pytest.fixture(autouse=True)
def at_once(settings: Any) -> None:
    """What is deleted can be purged at once."""
    settings.TRASH_DAYS = 0


def run(batch: int = 2) -> list[str]:
    lines: list[str] = []
    purge(lines.append, batch=batch)
    return lines


@pytest.fixture
def box(api: Api) -> dict[str, Any]:
    return api.make_object(
        "Box",
        {"label": "Code", "type": "TEXT", "isUnique": True},
        {"label": "Size", "type": "NUMBER"},
        {"label": "No", "type": "AUTO_NUMBER"},
    )


def test_values_of_deleted_fields(api: Api, box: dict[str, Any]) -> None:
    records = [api.make_record("box", code=f"secret{n}", size=n) for n in range(5)]
    api.post("box/fields", {"label": "Parent", "type": "LOOKUP", "options": {"target": "box"}})
    api.patch(f"box/records/{records[1]['id']}", {"data": {"parent": records[0]["id"]}})
    column = Field.objects.get(api_name="code").column
    for name in ("code", "no", "parent"):
        assert api.delete(f"box/fields/{name}").status == 204
    before = api.get("box/records").json["data"]
    assert any("records of box looked through" in line for line in run())
    assert api.get("box/records").json["data"] == before, "readers cannot tell"
    for record in Record.objects.all():
        assert set(record.data) == {"name", "size"}
        assert "secret" not in record.search_text
        assert getattr(record, column) is None
        assert record.number_1 is not None  # type: ignore[attr-defined]
    assert UniqueKey.objects.count() == RecordLink.objects.count() == AutoNumberCounter.objects.count() == 0
    assert sorted(Field.objects.values_list("api_name", flat=True)) == ["name", "size"]
    # The column is free again, and nothing of the old values shows in it.
    field = api.post("box/fields", {"label": "Code", "type": "TEXT"}).json
    assert Field.objects.get(id=field["id"]).column == column
    assert len(api.names("box", code__isnull="true")) == 5


def test_a_second_run_finds_nothing(api: Api, box: dict[str, Any]) -> None:
    api.make_record("box")
    api.delete("box/fields/code")
    assert run()
    assert run() == []


def test_deleted_objects_go_with_all_that_is_theirs(api: Api, box: dict[str, Any]) -> None:
    api.make_object("Crate", {"label": "Box", "type": "LOOKUP", "options": {"target": "box"}})
    api.post("box/fields", {"label": "Parent", "type": "LOOKUP", "options": {"target": "box"}})
    parent = api.make_record("box", code="a")
    api.make_record("box", code="b", parent=parent["id"])
    crate = api.make_record("crate", box=parent["id"])
    assert api.delete("box").status == 204
    run()
    assert CustomObject.objects.get().api_name == "crate"
    assert Record.objects.get().data == {"name": "A record"}
    assert UniqueKey.objects.count() == RecordLink.objects.count() == 0
    assert api.get(f"crate/records/{crate['id']}").json["data"] == {"name": "A record"}


def test_objects_that_point_at_each_other(api: Api, box: dict[str, Any]) -> None:
    api.make_object("Crate", {"label": "Box", "type": "LOOKUP", "options": {"target": "box"}})
    api.post("box/fields", {"label": "Crate", "type": "LOOKUP", "options": {"target": "crate"}})
    record = api.make_record("box")
    api.make_record("crate", box=record["id"])
    # Deleting the first takes the lookup of the second with it; then the second.
    assert api.delete("box").status == api.delete("crate").status == 204
    run()
    assert CustomObject.objects.count() == Field.objects.count() == Record.objects.count() == 0


def test_the_trash_is_kept_for_its_days(api: Api, box: dict[str, Any], settings: Any) -> None:
    settings.TRASH_DAYS = 10
    fresh, old = (api.make_record("box", code=code) for code in ("fresh", "old"))
    kept = api.make_record("box", code="kept")
    for record in (fresh, old):
        api.delete(f"box/records/{record['id']}")
    Record.objects.filter(id=old["id"]).update(deleted_at=timezone.now() - timedelta(days=11))
    assert run() == ["1 records purged from the trash"]
    assert {str(id_) for id_ in Record.objects.values_list("id", flat=True)} == {fresh["id"], kept["id"]}


def test_the_command(api: Api, box: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    api.make_record("box")
    api.delete("box")
    call_command("purge", "--batch", "1")
    out = capsys.readouterr().out
    assert "1 records purged from object box" in out
    assert "Nothing more to purge." in out
    assert CustomObject.objects.count() == 0


def test_notes_and_activities_go_with_their_record(api: Api, box: dict[str, Any]) -> None:
    path, other = (f"box/records/{api.make_record('box', code=code)['id']}" for code in ("a", "b"))
    for record in (path, other):
        write_note(api, record, "@admin@acme.example")
        deleted = write_note(api, record)
        api.delete(f"{record}/notes/{deleted['id']}")
        add_activity(api, record)
    assert api.delete(path).status == 204
    run()
    assert {f"box/records/{note.record_id}" for note in Note.objects.all()} == {other}
    assert Note.objects.count() == Activity.objects.count() == Note.mentioned.through.objects.count() == 1
    api.delete("box")
    run()
    assert Note.objects.count() == Activity.objects.count() == Note.mentioned.through.objects.count() == 0


def test_deleted_notes_and_activities(api: Api, box: dict[str, Any], settings: Any) -> None:
    settings.TRASH_DAYS = 10
    record = f"box/records/{api.make_record('box')['id']}"
    notes = [write_note(api, record, str(number)) for number in range(5)]
    activities = [add_activity(api, record, title=str(number)) for number in range(3)]
    for note in notes[1:]:
        api.delete(f"{record}/notes/{note['id']}")
    for activity in activities[1:]:
        api.delete(f"{record}/activities/{activity['id']}")
    old = timezone.now() - timedelta(days=11)
    Note.objects.filter(text__in="234").update(deleted_at=old)
    Activity.objects.filter(title="2").update(deleted_at=old)
    assert run() == ["2 deleted notes purged", "3 deleted notes purged", "1 deleted activities purged"]
    assert sorted(Note.objects.values_list("text", flat=True)) == ["0", "1"]
    assert api.post(f"{record}/notes/{notes[1]['id']}/restore").json == notes[1]
    assert api.post(f"{record}/notes/{notes[2]['id']}/restore").status == 404
    assert api.post(f"{record}/activities/{activities[1]['id']}/restore").json == activities[1]
    assert run() == []
