"""Anything at all sent for a field of any type: refused at that field, or the same again from every reader."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customobjects.fieldtypes import TYPES
from salesos import json
from salesos.accounts.models import User
from tests.conftest import Api
from tests.fieldtypes.strategies import EXAMPLES, OPTIONS, anything


def sendable(value: Any) -> bool:
    """Whether a JSON text can say the value at all: not NaN, and no lone surrogate, which orjson refuses to write."""
    try:
        json.loads(json.dumps(value))
    except (TypeError, ValueError, ArithmeticError):
        return False
    return True


@pytest.mark.parametrize("type_", [key for key in TYPES if key not in ("LOOKUP", "USER", "AUTO_NUMBER")])
def test_refused_or_the_same_again(api: Api, admin: User, type_: str) -> None:
    api.make_object("Box")
    for number, options in enumerate(OPTIONS.get(type_, [{}])):
        field = {"label": f"F{number}", "type": type_, "options": options}
        assert api.post("box/fields", field).status == 201
    browser = Client()
    browser.force_login(admin)

    def comes_back(number: int, value: Any) -> bool:
        """Whether the value is taken; then every reader has it. Where it is not, the answer says so at its field."""
        name = f"f{number}"
        made = api.post("box/records", {"data": {"name": "x", name: value}})
        if made.status == 400:
            assert made.problem(f"data.{name}")
            return False
        assert made.status == 201, made
        kept = made.json["data"][name]
        path = f"box/records/{made.json['id']}"
        # Sent back as it came, and read in a list, and saved in the page's form: nothing changes.
        assert api.patch(path, {"data": made.json["data"]}).json == made.json
        assert api.get("box/records", id=made.json["id"]).json["data"] == [made.json]
        form = browser.get(f"/o/box/r/{made.json['id']}/edit/").context["form"]
        sent = {bound.html_name: bound.initial for bound in form if bound.initial not in (None, False)}
        assert browser.post(f"/o/box/r/{made.json['id']}/edit/", sent).status_code == 302
        after = api.get(path)
        assert after.json == made.json
        assert json.dumps(after.json["data"][name]) == json.dumps(kept)
        return True

    for number in range(len(OPTIONS.get(type_, [{}]))):
        assert comes_back(number, EXAMPLES[type_])

    @settings(max_examples=40, suppress_health_check=list(HealthCheck))
    @given(number=st.integers(0, len(OPTIONS.get(type_, [{}])) - 1), value=anything.filter(sendable))
    def every_input(number: int, value: Any) -> None:
        comes_back(number, value)

    every_input()
