"""What the tests of the doctor begin with."""

from __future__ import annotations

import pytest

from customobjects.services import heartbeat, searching
from tests.api.attaching import add_activity, write_note
from tests.conftest import Api
from tests.services.doctor.planting import look


@pytest.fixture
def company(api: Api) -> Api:
    """Two accounts, and contacts of the first one that have a value of each kind that rows are made of.

    One of them has a note and an activity.
    """
    heartbeat.start()
    api.make_object("Account", {"label": "Code", "type": "TEXT", "isUnique": True})
    api.make_object(
        "Contact",
        {"label": "Number", "type": "AUTO_NUMBER", "options": {"format": "C-{000}"}},
        {"label": "Age", "type": "NUMBER"},
        {"label": "Born", "type": "DATE"},
        {"label": "Plain", "type": "TEXT", "isIndexed": False},
        {"label": "Mail", "type": "EMAIL", "isUnique": True},
        {"label": "Account", "type": "LOOKUP", "options": {"target": "account"}},
        {"label": "Boss", "type": "LOOKUP", "options": {"target": "account", "onDelete": "restrict"}},
    )
    first = api.make_record("account", name="First", code="1")["id"]
    api.make_record("account", name="Second", code="2")
    for number in range(3):
        api.make_record(
            "contact",
            name=f"Zoë {number}",
            age=30 + number,
            born="2000-01-01",
            plain="Straße",
            mail=f"zoe{number}@example.com",
            account=first,
            boss=first,
        )
    contact = f"contact/records/{api.get('contact/records', name='Zoë 1').json['data'][0]['id']}"
    write_note(api, contact, "Ask @admin@acme.example.")
    add_activity(api, contact)
    searching.take_in_all(lambda line: None)
    assert look() == []
    return api
