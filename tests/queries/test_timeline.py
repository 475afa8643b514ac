"""The timeline of a record: its changes, its making, its notes and activities, in one list."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from customobjects.models import Activity, Note, Record, Revision
from customobjects.queries.objects import find_schema
from customobjects.queries.timeline import TimelineKind, TimelineRow, timeline
from customobjects.services.revision_purge import REVISIONS
from salesos.accounts.actor import Actor
from salesos.accounts.models import User
from salesos.db.append_only import purging
from salesos.errors import NotFound, PermissionDenied, ValidationError
from tests.api.attaching import add_activity, make_deal, write_note
from tests.conftest import Api


@pytest.fixture
def deal(api: Api) -> str:
    return make_deal(api)


def read(actor: Actor, deal: str, limit: int = 30) -> list[TimelineRow]:
    """All of a timeline, page by page."""
    schema, id_ = find_schema(actor, "deal"), deal.rpartition("/")[2]
    rows: list[TimelineRow] = []
    cursor: str | None = None
    while True:
        page = timeline(actor, schema, id_, cursor, limit)
        assert len(page.rows) <= limit
        rows += page.rows
        cursor = page.next_cursor
        if cursor is None:
            return rows
        assert len(page.rows) == limit


def rename(api: Api, deal: str, name: str) -> None:
    assert api.patch(deal, {"data": {"name": name}}).status == 200


def test_all_that_happened_newest_first(api: Api, actor: Actor, deal: str, rep: User) -> None:
    rename(Api(rep), deal, "Bigger")
    write_note(api, deal, f"@{rep.email}")
    add_activity(Api(rep), deal, due="2026-11-30")
    api.delete(deal)
    api.post(f"{deal}/restore")
    rows = read(actor, deal)
    assert [row.kind.value for row in rows] == ["restore", "delete", "activity", "note", "update", "create"]
    assert [row.by_name for row in rows] == ["admin", "admin", "rep", "admin", "rep", "admin"]
    assert [row.version for row in rows] == [4, 3, None, None, 2, 1]
    assert sorted((row.at for row in rows), reverse=True) == [row.at for row in rows]
    _restored, _deleted, activity, note, update, made = rows
    assert update.changes == {"name": {"old": "Big one", "new": "Bigger"}}
    assert (update.via, update.by_id) == ("api", rep.id)
    assert activity.activity is not None
    assert (activity.activity.title, activity.activity.due) == ("Call back", "2026-11-30")
    assert note.note is not None
    assert [one.name for one in note.note.mentions] == ["rep"]
    assert (made.changes, made.note, made.activity) == (None, None, None)


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_page_by_page_nothing_is_missed(api: Api, actor: Actor, deal: str, limit: int) -> None:
    for number in range(4):
        rename(api, deal, f"n{number}")
        write_note(api, deal, f"t{number}")
        add_activity(api, deal, title=f"a{number}")
    at_once = read(actor, deal)
    assert len(at_once) == 13
    assert read(actor, deal, limit) == at_once
    # Even where all of it is of one moment.
    now = timezone.now()
    Note.objects.update(created_at=now)
    Activity.objects.update(created_at=now)
    Record.objects.update(created_at=now)
    with purging(REVISIONS):
        Revision.objects.update(at=now)
    at_once = read(actor, deal)
    assert len({(row.kind, row.version, row.note, row.activity) for row in map(hashable, at_once)}) == 13
    assert read(actor, deal, limit) == at_once
    assert [row.version for row in at_once if row.version] == [5, 4, 3, 2, 1]


def hashable(row: TimelineRow) -> TimelineRow:
    return replace(row, changes=None)


def test_what_is_new_meanwhile_does_not_disturb(api: Api, actor: Actor, deal: str) -> None:
    for number in range(3):
        write_note(api, deal, f"t{number}")
    schema, id_ = find_schema(actor, "deal"), deal.rpartition("/")[2]
    first = timeline(actor, schema, id_, limit=2)
    rename(api, deal, "new")
    write_note(api, deal, "new")
    Note.objects.filter(text="t0").update(deleted_at=timezone.now())
    second = timeline(actor, schema, id_, first.next_cursor, limit=5)
    # The update is newer than all that was told: it belongs in front of the first page.
    assert [row.kind for row in second.rows if row.note is None] == [TimelineKind.UPDATE, TimelineKind.CREATE]
    assert [row.note for row in second.rows if row.note] == []


def test_what_is_not_there(api: Api, actor: Actor, deal: str, stranger: User) -> None:
    schema, id_ = find_schema(actor, "deal"), deal.rpartition("/")[2]
    note = write_note(api, deal)
    api.delete(f"{deal}/notes/{note['id']}")
    assert [row.kind.value for row in read(actor, deal)] == ["create"]
    for reference in ("x", "00000000-0000-7000-8000-000000000000"):
        with pytest.raises(NotFound):
            timeline(actor, schema, reference)
    with pytest.raises(NotFound):
        find_schema(Actor.of_user(stranger), "deal")
    with pytest.raises(PermissionDenied):
        timeline(Actor(actor.organization_id, actor.user_id, actor.role, frozenset({"write"})), schema, id_)
    for number in range(2):
        write_note(api, deal, str(number))
    cursor = timeline(actor, schema, id_, limit=1).next_cursor
    other = api.make_record("deal")["id"]
    for record, before in ((other, cursor), (id_, "x"), (id_, f"{cursor}x")):
        with pytest.raises(ValidationError):
            timeline(actor, schema, record, before)
    api.delete(deal)
    with pytest.raises(NotFound):
        timeline(actor, schema, id_)


def test_a_record_that_was_brought_along(api: Api, actor: Actor, deal: str) -> None:
    """One of an object without history, made long ago, by nobody who is known."""
    api.patch("deal", {"enableHistory": False})
    rename(api, deal, "unknown")
    Record.objects.update(created_at=timezone.now() - timedelta(days=3_000), created_by=None)
    write_note(api, deal)
    assert [(row.kind.value, row.by_name) for row in read(actor, deal)] == [("note", "admin"), ("create", "the server")]


def test_an_author_who_is_gone(api: Api, actor: Actor, deal: str, rep: User) -> None:
    write_note(Api(rep), deal)
    rep.delete()
    newest = read(actor, deal)[0]
    assert (newest.by_id, newest.by_name) == (None, "somebody")


@pytest.mark.parametrize("count", [1, 12])
def test_queries(api: Api, actor: Actor, deal: str, rep: User, count: int, django_assert_num_queries: Any) -> None:
    for number in range(count):
        rename(api if number % 2 else Api(rep), deal, f"n{number}")
        write_note(api, deal, f"@{rep.email}")
        add_activity(api, deal, text=f"@{rep.email}")
    schema, id_ = find_schema(actor, "deal"), deal.rpartition("/")[2]
    # 1. The record.
    # 2. Its revisions.
    # 3. Its notes, with their authors.
    # 4. Whom they mention.
    # 5. Its activities, with their people.
    # 6. Whom they mention.
    # 7. Who made and changed the record.
    with django_assert_num_queries(7):
        assert len(timeline(actor, schema, id_, limit=100).rows) == 3 * count + 1
