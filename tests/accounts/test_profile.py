"""A person's own settings, through the API."""

from __future__ import annotations

from typing import Any

import pytest

from salesos.accounts.models import ApiKey, User
from salesos.accounts.profiles import LANGUAGES, time_zones
from salesos.accounts.services import change_profile, create_api_key
from tests.conftest import Api

ME = "/v1/auth/me"
CHOSEN = {"language": "de", "timeZone": "Europe/Berlin", "density": "comfortable", "theme": "dark"}


def test_settings_are_changed_one_by_one(api: Api, admin: User, rep: User, django_assert_num_queries: Any) -> None:
    # 1. Who is asking.
    # 2. The person with the organization.
    # 3. The settings are stored; nothing else of the person is.
    with django_assert_num_queries(3):
        changed = api.patch(ME, CHOSEN)
    assert changed.status == 200
    # 1. Who is asking.
    # 2. The person with the organization.
    with django_assert_num_queries(2):
        found = api.get(ME)
    assert found.json == changed.json
    assert {name: found.json[name] for name in CHOSEN} == CHOSEN
    assert api.patch(ME, {"language": "", "timeZone": ""}).json == {**changed.json, "language": "", "timeZone": ""}
    assert api.patch(ME, {}).status == 200
    assert api.get(ME).json["theme"] == "dark"
    rep.refresh_from_db()
    assert (rep.language, rep.theme) == ("", "system")


def test_what_there_is_to_choose(api: Api) -> None:
    assert {"en", "en-GB", "de", "fr"} <= set(LANGUAGES)
    assert {"UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"} <= time_zones()
    for language in LANGUAGES:
        assert api.patch(ME, {"language": language}).json["language"] == language


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"language": "xx"}, "language"),
        ({"language": "de_DE"}, "language"),
        ({"language": 7}, "language"),
        ({"language": None}, "language"),
        ({"language": "de\x00"}, "language"),
        ({"timeZone": "Mars/Olympus"}, "timeZone"),
        ({"timeZone": "../../etc/passwd"}, "timeZone"),
        ({"timeZone": "/etc/localtime"}, "timeZone"),
        ({"timeZone": "Europe"}, "timeZone"),
        ({"timeZone": "europe/berlin"}, "timeZone"),
        ({"timeZone": "Europe/Berlin\x00"}, "timeZone"),
        ('{"timeZone": "\\ud800"}', "timeZone"),
        ({"timeZone": "x" * 100_000}, "timeZone"),
        ({"timeZone": ["UTC"]}, "timeZone"),
        ({"density": ""}, "density"),
        ({"density": "dense"}, "density"),
        ({"theme": "neon"}, "theme"),
        ({"theme": {"a": 1}}, "theme"),
        ({"email": "other@acme.example"}, "email"),
        ({"role": "ADMIN"}, "role"),
        ({"name": "Other"}, "name"),
        ({"time_zone": "UTC"}, "time_zone"),
        ([], ""),
    ],
)
def test_hostile_values_are_refused(api: Api, body: Any, field: str) -> None:
    before = api.get(ME).json
    answer = api.patch(ME, {**body, "theme": body.get("theme", "dark")} if isinstance(body, dict) else body)
    assert answer.status == 400
    assert answer.problem(field)
    assert len(answer.text) < 2_000
    assert api.get(ME).json == before


def test_a_wrong_value_changes_nothing(rep: User) -> None:
    with pytest.raises(Exception, match="timeZone must be empty or a time zone's name such as Europe/Berlin"):
        change_profile(rep, {"theme": "dark", "time_zone": "Nowhere"})
    rep.refresh_from_db()
    assert rep.theme == "system"


def test_others_may_not(admin: User) -> None:
    assert Api().patch(ME, {"theme": "dark"}).status == 401
    _row, key = create_api_key(admin, "All", ApiKey.Scope.values)
    refused = Api(**{"x-api-key": key}).patch(ME, {"theme": "dark"})
    assert (refused.status, refused.problem()) == (403, "key")
    admin.refresh_from_db()
    assert admin.theme == "system"
