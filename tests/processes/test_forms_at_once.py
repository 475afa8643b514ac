"""Forms that many people save at once: who changes what another has just changed is shown both, every time."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from salesos.accounts.models import User
from tests.conftest import Api
from tests.processes.test_concurrency import at_once
from tests.web.forms import controls_of, open_form, text

# Without transactions around the test, which would hide one connection's work from another's.
pytestmark = pytest.mark.django_db(transaction=True)

TIMES = 6


@pytest.fixture
def thing(api: Api) -> Api:
    api.make_object("Thing", {"label": "Size", "type": "NUMBER"}, {"label": "Note", "type": "TEXT"})
    return api


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


# A page, its controls, and where the API shows what became of them.
FORMS: dict[str, tuple[str, str, str]] = {
    "an object's name": ("/setup/objects/thing/general/", "name", "name"),
    "an object's description": ("/setup/objects/thing/general/", "description", "description"),
    "a field's label": ("/setup/objects/thing/fields/size/", "label", "label"),
    "a field's help": ("/setup/objects/thing/fields/size/", "help_text", "helpText"),
    "an option": ("/setup/objects/thing/fields/size/", "option_max", "max"),
}


@pytest.mark.parametrize(("path", "control", "name"), FORMS.values(), ids=FORMS)
def test_one_of_many_changes_of_one_control_is_saved(
    thing: Api, admin: User, path: str, control: str, name: str
) -> None:
    """The others come back, and show what the one has made of it."""
    browsers = [browser_of(admin) for _ in range(TIMES)]
    forms = [open_form(browser, path) for browser in browsers]
    typed = [str(700 + place) for place in range(TIMES)]
    answers = at_once(
        *[
            lambda b=browser, f=form, v=value: b.post(path, {**f, control: v})
            for browser, form, value in zip(browsers, forms, typed, strict=True)
        ]
    )
    assert sorted(answer.status_code for answer in answers) == [302] + [422] * (TIMES - 1), answers
    [saved] = [value for value, answer in zip(typed, answers, strict=True) if answer.status_code == 302]
    made = thing.get("thing").json
    field = next(field for field in made["fields"] if field["apiName"] == "size")
    assert str({**made, **field["options"], **(field if "fields" in path else {})}[name]) == saved
    for value, answer in zip(typed, answers, strict=True):
        if answer.status_code == 422:
            assert answer.context["form"].errors.keys() == {control}
            assert saved in text(answer)
            assert controls_of(answer)[control] == [value]


def test_changes_of_different_controls_are_all_kept(thing: Api, admin: User) -> None:
    path = "/setup/objects/thing/fields/size/"
    typed: dict[str, Any] = {"label": "Height", "help_text": "In metres", "option_max": "9", "option_min": "1"}
    browsers = [browser_of(admin) for _ in typed]
    forms = [open_form(browser, path) for browser in browsers]
    answers = at_once(
        *[
            lambda b=browser, f=form, c=control: b.post(path, {**f, c: typed[c]})
            for browser, form, control in zip(browsers, forms, typed, strict=True)
        ]
    )
    assert [answer.status_code for answer in answers] == [302] * len(typed), answers
    field = next(field for field in thing.get("thing").json["fields"] if field["apiName"] == "size")
    options = field["options"]
    assert (field["label"], field["helpText"], options["max"], options["min"]) == ("Height", "In metres", 9, 1)


def test_fields_that_are_moved_at_once_all_move(thing: Api, admin: User) -> None:
    """Name, Size, Note: the last goes up twice, and is the first, whoever moved it."""
    move = "/setup/objects/thing/fields/note/move/"
    browsers = [browser_of(admin) for _ in range(2)]
    answers = at_once(*[lambda b=browser: b.post(move, {"direction": "up"}) for browser in browsers])
    assert [answer.status_code for answer in answers] == [302, 302], answers
    assert [field["apiName"] for field in thing.get("thing/fields").json["data"]] == ["note", "name", "size"]
