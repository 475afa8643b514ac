"""Writing notes and activities: each service says what was and what is, so that a page can offer to undo it."""

from __future__ import annotations

import pytest

from customobjects.models import Note
from customobjects.services import activities, notes
from salesos.accounts.actor import Actor
from salesos.accounts.models import User
from salesos.errors import Conflict, NotFound, PermissionDenied, PreconditionFailed, ValidationError
from tests.api.attaching import make_deal
from tests.conftest import Api


@pytest.fixture
def place(api: Api) -> tuple[str, str]:
    return "deal", make_deal(api).rpartition("/")[2]


def test_each_write_of_a_note_can_be_undone(actor: Actor, place: tuple[str, str]) -> None:
    made = notes.create_note(actor, *place, text="one")
    assert made.before is None
    assert made.after is not None
    note = (*place, str(made.after.id))
    changed = notes.change_note(actor, *note, text="two")
    assert changed.before == made.after
    assert changed.after is not None
    back = notes.change_note(actor, *note, text=made.after.text, if_version=changed.after.version)
    assert back.after is not None
    assert (back.after.text, back.after.version) == ("one", 3)
    with pytest.raises(PreconditionFailed):
        notes.change_note(actor, *note, text="x", if_version=changed.after.version)
    deleted = notes.delete_note(actor, *note)
    assert (deleted.before, deleted.after) == (back.after, None)
    assert notes.restore_note(actor, *note).after == deleted.before


def test_each_write_of_an_activity_can_be_undone(actor: Actor, place: tuple[str, str]) -> None:
    made = activities.create_activity(actor, *place, {"kind": "task", "title": "one", "due": "2026-11-30"})
    assert made.before is None
    assert made.after is not None
    activity = (*place, str(made.after.id))
    done = activities.change_activity(actor, *activity, {"done": True})
    assert done.before == made.after
    assert done.after is not None
    assert done.after.done
    back = activities.change_activity(actor, *activity, {"done": False}, if_version=done.after.version)
    assert back.after is not None
    assert back.after.due == made.after.due
    assert not back.after.done
    deleted = activities.delete_activity(actor, *activity)
    assert (deleted.before, deleted.after) == (back.after, None)
    assert activities.restore_activity(actor, *activity).after == deleted.before


def test_what_pages_may_send(actor: Actor, place: tuple[str, str]) -> None:
    """A form's texts have been through no serializer."""
    for text in ("", " \n ", "x" * 10_001, "a\x00", "\ud800"):
        with pytest.raises(ValidationError) as refused:
            notes.create_note(actor, *place, text=text)
        assert [problem.field for problem in refused.value.problems] == ["text"]
    wrong = {"kind": "party", "title": " ", "text": "\x00", "due": "soon"}
    with pytest.raises(ValidationError) as refused:
        activities.create_activity(actor, *place, wrong)
    assert [problem.field for problem in refused.value.problems] == list(wrong)
    assert not Note.objects.exists()


def test_who_may_not(api: Api, actor: Actor, place: tuple[str, str], rep: User, stranger: User) -> None:
    note = notes.create_note(actor, *place, text="one").after
    assert note is not None
    for who, error in ((rep, PermissionDenied), (stranger, NotFound)):
        with pytest.raises(error):
            notes.change_note(Actor.of_user(who), *place, str(note.id), text="x")
        with pytest.raises(error):
            notes.delete_note(Actor.of_user(who), *place, str(note.id))
    api.patch("deal", {"enableNotes": False})
    with pytest.raises(Conflict):
        notes.create_note(actor, *place, text="x")
