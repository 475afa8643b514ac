"""The bar of filters above a list: what its addresses mean, how filters are made, and what they are in words."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from customobjects.queries.operators import OPERATORS
from customobjects.web.lists.operator_words import WORDS
from salesos.accounts.models import User
from tests.conftest import Api
from tests.web.forms import text
from tests.web.test_record_list import names

REGION = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "list"}


@pytest.fixture(autouse=True)
def sites(api: Api) -> None:
    api.make_object("Account")
    api.make_object(
        "Site",
        {"label": "Account", "type": "LOOKUP", "options": {"target": "account"}},
        {"label": "Area", "type": "NUMBER"},
        {"label": "Open", "type": "CHECKBOX"},
        {"label": "Kind", "type": "PICKLIST", "options": {"values": ["shop", "depot", "office"]}},
        {"label": "Tags", "type": "MULTI_PICKLIST", "options": {"values": ["x", "y"]}},
        {"label": "Seen", "type": "DATETIME"},
        {"label": "Due", "type": "DATE"},
        {"label": "Closed", "type": "DATE"},
        {"label": "Keeper", "type": "USER"},
        {"label": "Notes", "type": "TEXTAREA"},
    )
    for name, kind, area, due in (
        ("Ann", "shop", 1, "2026-01-01"),
        ("Bob", "depot", 2, "2026-02-01"),
        ("Cid", None, 3, "2026-03-01"),
    ):
        api.make_record("site", name=name, kind=kind, area=area, due=due, closed="2026-02-01")


def shown(browser: Client, address: str, **headers: str) -> str:
    answer = browser.get(f"/o/site/{address}", **headers)  # type: ignore[arg-type]
    assert answer.status_code == 200, address
    return " ".join(text(answer).split())


def chips(page: str) -> list[str]:
    """The filters in words."""
    return [
        " ".join(re.sub("<[^>]+>", "", found).split()) for found in re.findall(r'<a class="filter-text".*?</a>', page)
    ]


@pytest.mark.parametrize(
    ("address", "found", "words"),
    [
        ("filter=kind__in:shop,depot", ["Bob", "Ann"], ["Kind is any of shop, depot"]),
        ("filter=kind:shop", ["Ann"], ["Kind is shop"]),
        (
            "filter=kind__in:shop,depot&filter=area__gte:2",
            ["Bob"],
            ["Kind is any of shop, depot", "Area is at least 2"],
        ),
        ("any=kind__exact:shop&any=area__gt:2", ["Cid", "Ann"], ["Kind is shop", "Area is more than 2"]),
        ("filter=kind__isnull:true", ["Cid"], ["Kind is empty"]),
        ("filter=kind__isnull:false", ["Bob", "Ann"], ["Kind is not empty"]),
        ("filter=due__lt=closed", ["Ann"], ["Due is before Closed"]),
        ("filter=due__range:2026-01-15,2026-04-01", ["Cid", "Bob"], ["Due is between Jan 15, 2026 and Mar 1, 2026"]),
        ("filter=due__exact:last_7_days", [], ["Due is last 7 days"]),
        ("filter=name__icontains:n", ["Ann"], ["Name contains n"]),
    ],
)
def test_what_addresses_mean(browser: Client, address: str, found: list[str], words: list[str]) -> None:
    page = shown(browser, f"?{address}")
    assert names(page) == found
    if "range" not in address:
        assert chips(page) == words


def test_what_cannot_be_used_is_left_out_and_said(browser: Client) -> None:
    for nonsense in (
        "nothing__exact:1",
        "kind",
        "kind__gte:1",
        "area__gte:x",
        ":",
        "area__in:\x00",
        "%ED%A0%80:1",
        "a" * 9_000,
    ):
        page = shown(browser, "?" + "&".join([f"filter={nonsense}", "filter=kind__exact:shop"]))
        assert names(page) == ["Ann"], nonsense
        assert "cannot be used and is left out" in page
    many = "&".join(f"filter=area__gte:{number}" for number in range(-90, 0))
    assert "40 filters of this address" in shown(browser, f"?{many}")


def test_filters_are_made_step_by_step_without_scripts(browser: Client) -> None:
    editor = shown(browser, "filter/?f-field=kind&sort=area")
    assert "is any of" in editor
    assert 'value="depot"' in editor
    assert "is after" in shown(browser, "filter/?f-field=due&f-asked=kind+in&f-operator=in")
    assert "Say a value" in text(browser.get("/o/site/filter/?f-field=area&f-operator=gte&f-asked=area+gte"))
    made = browser.get(
        "/o/site/filter/?sort=area&f-field=kind&f-operator=in&f-asked=kind+in&f-value=shop&f-value=depot"
    )
    assert made.status_code == 302
    assert made["Location"] == "/o/site/?sort=area&filter=kind__in:shop,depot"
    more = browser.get(
        f"/o/site/filter/{made['Location'].removeprefix('/o/site/')}&f-field=area&f-operator=gt&f-asked=area+gt&f-value=1&f-any=on"
    )
    assert parse_qs(urlsplit(more["Location"]).query) == {
        "sort": ["area"],
        "filter": ["kind__in:shop,depot"],
        "any": ["area__gt:1"],
    }
    page = shown(browser, more["Location"].removeprefix("/o/site/"))
    assert names(page) == ["Bob"]


def test_values_are_read_in_the_persons_language(browser: Client) -> None:
    def made(given: str) -> Any:
        return browser.get(f"/o/site/filter/?{given}", HTTP_ACCEPT_LANGUAGE="de")

    assert "area__gte:1.5" in made("f-field=area&f-operator=gte&f-asked=area+gte&f-value=1,5")["Location"]
    assert (
        "due__exact:2026-12-31" in made("f-field=due&f-operator=exact&f-asked=due+exact&f-value=31.12.26")["Location"]
    )
    period = made("f-field=seen&f-operator=gte&f-asked=seen+gte&f-value=Last+7+days")
    assert "seen__gte:last_7_days" in period["Location"]
    assert "seen__gte:2026-12-31" in made("f-field=seen&f-operator=gte&f-asked=seen+gte&f-value=31.12.2026")["Location"]
    several = made("f-field=area&f-operator=in&f-asked=area+in&f-value=1,5;+2")
    assert several["Location"] == "/o/site/?filter=area__in:1.5,2"
    between = made("f-field=area&f-operator=range&f-asked=area+range&f-value=1&f-last=1.000,5")
    assert between["Location"] == "/o/site/?filter=area__range:1,1000.5"
    wrong = made("f-field=area&f-operator=gte&f-asked=area+gte&f-value=many")
    assert wrong.status_code == 422
    assert "The value must be a number such as" in text(wrong)
    # What is shown to be changed is in the language, too.
    assert 'value="1,5"' in text(made("filter=area__gte:1.5&f-at=filter.0"))


def test_a_refused_form_comes_back_into_the_panel(browser: Client) -> None:
    answer = browser.get("/o/site/filter/?f-field=area&f-operator=gte&f-asked=area+gte&f-value=x", **REGION)  # type: ignore[arg-type]
    assert answer.status_code == 200
    assert answer["HX-Retarget"] == "#filter-editor"
    assert answer["HX-Push-Url"] == "false"
    assert "<html" not in text(answer)


def test_a_filter_is_changed_and_taken_away(browser: Client) -> None:
    page = shown(browser, "?filter=kind__in:shop,depot&filter=area__gte:2")
    assert 'href="?filter=area__gte:2"' in page, "without the first"
    changed = browser.get(
        "/o/site/filter/?filter=kind__in:shop,depot&filter=area__gte:2&f-at=filter.0&f-field=kind&f-operator=not"
        "&f-asked=kind+not&f-value=depot"
    )
    assert changed["Location"] == "/o/site/?filter=kind__not:depot&filter=area__gte:2"
    to_any = browser.get(
        "/o/site/filter/?filter=area__gte:2&f-at=filter.0&f-field=area&f-operator=gte&f-asked=area+gte&f-value=2&f-any=on"
    )
    assert to_any["Location"] == "/o/site/?any=area__gte:2"


def test_what_nobody_could_choose_any_more_stays_in_a_filter_that_is_changed(browser: Client, api: Api) -> None:
    values = ["depot", {"value": "shop", "label": "Shop", "isActive": False}]
    assert api.patch("site/fields/kind", {"options": {"values": [*values, "office"]}}).status == 200
    page = shown(browser, "filter/?filter=kind__in:shop,depot,ship&f-at=filter.0")
    checked = re.findall(r'<input type="checkbox" name="f-value" value="(\w+)"[^>]* checked>', page)
    assert sorted(checked) == ["depot", "ship", "shop"]
    gone = "01900000-0000-7000-8000-000000000000"
    page = shown(browser, f"filter/?filter=account__exact:{gone}&f-at=filter.0")
    assert f'<option value="{gone}" selected>(no longer there)</option>' in page


def test_lookups_and_people_are_chosen_by_name(browser: Client, api: Api, rep: User) -> None:
    account = api.make_record("account", name="Acme & Co")
    api.make_record("site", name="Held", account=account["id"], keeper=str(rep.id))
    editor = text(browser.get("/o/site/filter/?f-field=account"))
    assert f'<option value="{account["id"]}">Acme &amp; Co</option>' in editor
    assert "rep" in text(browser.get("/o/site/filter/?f-field=keeper&f-operator=exact"))
    page = shown(browser, f"?filter=account__in:{account['id']}&filter=keeper__exact:{rep.id}")
    assert names(page) == ["Held"]
    assert chips(page)[0] == "Account is any of Acme &amp; Co"
    hostile = "/o/site/filter/?f-field=account&f-operator=in&f-asked=account+in&f-value=nonsense&f-value=%00"
    assert browser.get(hostile).status_code == 422


def test_ready_made(browser: Client, admin: User, rep: User) -> None:
    page = shown(browser, "")
    mine = f"?filter=ownerId__exact:{admin.id}"
    assert f'href="{mine}"' in page
    assert 'href="?sort=-updatedAt"' in page
    assert len(names(shown(browser, mine))) == 3
    other = Client()
    other.force_login(rep)
    assert len(names(shown(other, mine))) == 3, "the link shows a colleague the same"


def test_filters_make_no_query_of_their_own(
    browser: Client, api: Api, admin: User, django_assert_num_queries: Any
) -> None:
    account = api.make_record("account", name="Acme")
    api.make_record("site", name="Held", account=account["id"], area=5, kind="shop")
    filters = (
        f"filter=account__exact:{account['id']}&filter=ownerId__exact:{admin.id}&any=kind__exact:shop&any=area__gt:9"
    )
    for address in ("/o/site/", f"/o/site/?{filters}"):
        browser.get(address)
        # 1. The session.
        # 2. Its user.
        # 3. The object's version.
        # 4. The saved views.
        # 5. What the person likes to see.
        # 6. The page.
        # 7. The names of the records that lookups and filters point at.
        # 8. The sidebar's objects.
        # 9. The user's organization.
        # 10. Of filters by people, the names of these, as a list with people in it has them.
        with django_assert_num_queries(9 + ("ownerId" in address)):
            browser.get(address)


def test_every_operator_has_words() -> None:
    assert set(WORDS) == set(OPERATORS)
