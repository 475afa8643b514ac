"""Whatever the parameters of a page say: the server answers, and it is not its fault."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.urls.converters import StringConverter
from uuid_utils.compat import uuid7

from customobjects.web.urls import urlpatterns
from salesos.accounts.models import User
from tests.conftest import Api

pytestmark = pytest.mark.slow

# All that the urlconf has, so that a page which is added is covered.
ROUTES = {route.name: route.pattern.converters for route in urlpatterns if getattr(route, "name", None)}
# What pages, and forms on them, are sent.
PARAMETERS = (
    "search q page cursor after before part within sort group footer columns frozen density all any color at view from "
    "type kind field lookup of like record person object show id ids name label description options default_value "
    "is_required order into value going total data text change changed confirmed shown base version token form draft "
    "next query status action state role email done days since until month day week stage by measure x y rows cells"
).split()
ODD = [
    "\x00",
    "-1",
    "9" * 40,
    "1e999",
    "x" * 2_000,
    "{" * 500,
    "[null]",
    "%",
    "http://[",
    "2024-02-30",
    "9999-12-31",
    "00000000-0000-0000-0000-000000000000",
    "name.contains.\x00",
    "cost.sum",
    "-created_at,name",
    "asset",
    "٣",
]
ODD_WORDS = ["\x00", "-1", "x" * 2_000, "%", "00000000-0000-0000-0000-000000000000", "٣"]


@pytest.fixture
def ids(objects: Api, account: str, admin: User) -> dict[str, Any]:
    """What is there of an object, a record with its first version, a field and a person."""
    record = objects.make_record("asset", name="Press", account=account, cost=3, status="Running")
    return {
        "object_reference": "asset",
        "record_reference": record["id"],
        "field_reference": "status",
        "user_id": admin.id,
        "version": 1,
    }


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_odd_parameters_are_no_fault(browser: Client, ids: dict[str, Any], name: str) -> None:
    address = reverse(f"web:{name}", kwargs={one: ids.get(one, uuid7()) for one in ROUTES[name]})
    browser.raise_request_exception = False
    for odd in ODD:
        sent = dict.fromkeys(PARAMETERS, odd)
        for answer in (browser.get(address, sent), browser.post(address, sent)):
            assert answer.status_code < 500, (address, odd, answer.status_code)


@pytest.mark.parametrize("name", sorted(name for name in ROUTES if ROUTES[name]))
def test_odd_paths_are_no_fault(browser: Client, ids: dict[str, Any], name: str) -> None:
    browser.raise_request_exception = False
    known = {one: ids.get(one, uuid7()) for one in ROUTES[name]}
    words = [one for one, converter in ROUTES[name].items() if isinstance(converter, StringConverter)]
    for word, odd in product(words, ODD_WORDS):
        address = reverse(f"web:{name}", kwargs={**known, word: odd})
        for answer in (browser.get(address), browser.post(address)):
            assert answer.status_code < 500, (address, answer.status_code)
