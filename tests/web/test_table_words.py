"""What the plan of a table says of its dates and numbers, and what its first rows become."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from salesos.accounts import invitations
from salesos.accounts.actor import Actor
from salesos.accounts.models import User
from tests.conftest import Api
from tests.web.test_table_import import bring, sent

GERMAN = """\
Name;Kind;Bought;Price;Share;Seen;Who
Pump;Old;31.12.2026;12;12,5 %;31.12.2026 14:30;rep@acme.example
Fan;New;01.02.2026;1.550,95;3 %;01.02.2026 08:00;bea@acme.example
Lift;Old;02.02.2026;7,00;3 %;02.02.2026 08:00;bea@acme.example
Door;New;03.02.2026;7,00;3 %;;cy@acme.example
Gate;Old;04.02.2026;7,00;3 %;;
Wall;New;05.02.2026;7,00;3 %;;
"""


@pytest.fixture
def page(client: Client, admin: User) -> Client:
    client.force_login(admin)
    return client


def told(response: Any) -> str:
    """A page's text in one line, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]*>", "", response.content.decode())).split())


def test_the_plan_says_how_dates_and_numbers_are_read(page: Client) -> None:
    shown = told(page.get(bring(page, GERMAN)))
    for sentence in (
        "31.12.2026 as 31 December 2026",
        "1.550,95 as 1550.95",
        "12,5 % as 12.5",
        "31.12.2026 14:30 as 31 December 2026, 14:30 (UTC)",
    ):
        assert sentence in shown, shown
    assert "12 as it stands" in told(page.get(bring(page, "Name,Size\nOne,12\nTwo,13\n")))
    assert "2026-12-31 as 31 December 2026" in told(page.get(bring(page, "Name,Day\nOne,2026-12-31\nTwo,NA\n")))


def test_so_does_that_of_rows_for_an_object_that_is_there(page: Client, api: Api) -> None:
    api.make_object("Thing", {"label": "Bought", "type": "DATE"}, {"label": "Price", "type": "NUMBER"})
    address = page.post("/o/thing/import/", {"text": GERMAN}).headers["Location"]
    shown = told(page.get(address))
    assert "31.12.2026 as 31 December 2026" in shown
    assert "1.550,95 as 1550.95" in shown


@pytest.mark.parametrize(
    ("language", "table", "said"),
    [
        ("en", GERMAN, "31.12.2026 is shown to you as Dec 31, 2026 and 1.550,95 as 1,550.95 on pages"),
        ("de", GERMAN, ""),
        ("de", "Name|Price\nOne|1,550.95\nTwo|2\n", "1,550.95 is shown to you as 1.550,95 on pages"),
        # What programs write is nobody's own way.
        ("de", "Name,Day\nOne,2026-12-31\nTwo,2026-12-30\n", ""),
        ("en", "Name|Price\nOne|1,550.95\nTwo|2\n", ""),
        ("en-GB", "Name,Day\nOne,31/12/2026\nTwo,30/12/2026\n", ""),
        ("en", "Name,Day\nOne,31/12/2026\nTwo,30/12/2026\n", "31/12/2026 is shown to you as Dec 31, 2026 on pages"),
    ],
)
def test_where_formats_are_set_is_said_where_the_person_writes_otherwise(
    page: Client, admin: User, language: str, table: str, said: str
) -> None:
    User.objects.filter(id=admin.id).update(language=language)
    shown = told(page.get(bring(page, table)))
    assert ("is shown to you as" in shown) is bool(said)
    assert said in shown
    if said:
        assert "is set in your settings and, for everybody, in those of the organization." in shown


def test_the_first_rows_are_shown_as_they_will_be_stored(
    page: Client, actor: Actor, rep: User, django_assert_num_queries: Any
) -> None:
    invitations.invite(actor, "bea@acme.example", "REP")
    address = bring(page, GERMAN)
    page.post(address, sent(page, address, **{"c6-type": "USER"}))
    # The session, the user, the organization, the sidebar's objects; the import, its rows; objects for lookups; names;
    # the people that all rows name; those that the first rows name, and who they are.
    with django_assert_num_queries(11):
        answer = page.get(address)
    table = answer.content.decode().split('aria-label="The first rows as they will be stored"')[1].split("</table>")[0]
    rows = table.split("<tr>")[2:]
    assert len(rows) == 5
    first, second, _third, fourth, _fifth = (" ".join(re.sub(r"<[^>]*>", " ", row).split()) for row in rows)
    assert first == "2 Pump Old Dec 31, 2026 12 12.5% Dec 31, 2026, 2:30 PM R rep"
    assert second.startswith("3 Fan New Feb 1, 2026 1,550.95 3%")
    assert second.endswith("bea@acme.example (invited)")
    assert unescape(fourth).endswith(
        "cy@acme.example Refused: Who names nobody: nobody here has the address 'cy@acme.example', "
        "and nobody is invited by it."
    )
    # Values to choose from have their colours already.
    assert re.search(r'class="chip hue-(?!gray)\w+">Old', rows[0])
    # What is left out is not shown.
    form = sent(page, address)
    del form["c1-used"]
    kept = page.post(address, form).content.decode().split('aria-label="The first rows')[1]
    assert 'class="chip' not in kept


def test_no_column_keeps_the_page_from_being_shown(page: Client) -> None:
    address = bring(page, 'Name,Tags\n<b>One</b>,"a;b"\nTwo,"c;d"\n')
    for type_ in ("PICKLIST", "MULTI_PICKLIST", "USER", "JSON", "NUMBER", "DATE", "URL", "PHONE", "CHECKBOX"):
        answer = page.post(address, sent(page, address, **{"c1-type": type_, "c0-type": "TEXT"}))
        assert answer.status_code == 200, type_
        assert "<b>One</b>" not in answer.content.decode()


@pytest.mark.parametrize("zone", ["Pacific/Honolulu", "Pacific/Kiritimati"])
def test_any_text_can_be_shown(page: Client, admin: User, zone: str) -> None:
    User.objects.filter(id=admin.id).update(time_zone=zone)
    rows = [
        *("9999-12-31 23:59Z|9999-12-31|1e999|a@\x01.example", "0001-01-01 00:00Z|0001-01-01|-1e-999|@"),
        *("2026-01-01 00:00|2026-01-01|1|" + "x" * 400 + "@acme.example", "2026-01-01 00:00|2026-01-01|1|\u202e@<b>"),
    ]
    address = bring(page, "\n".join(["When|Day|Size|Who", *rows]))
    for types in (("DATETIME", "DATE", "NUMBER", "USER"), ("DATE", "DATETIME", "CURRENCY", "USER"), ("USER",) * 4):
        chosen = {f"c{place}-type": type_ for place, type_ in enumerate(types)}
        answer = page.post(address, sent(page, address, **chosen))
        assert answer.status_code == 200
        assert "The first rows as they will be stored" in answer.content.decode()
