"""Forms whose lists to choose from would be long: they offer the first, and take any."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from customobjects.web.views import choices
from customobjects.web.views.records import LEAST_CHOICES, MAX_CHOICES
from salesos.accounts.models import Organization, User
from tests.conftest import Api
from tests.web.forms import controls_of, open_form, send, text

PEOPLE = 130


@pytest.fixture
def people(api: Api, organization: Organization) -> list[User]:
    """More people than a form offers, of whom the last by e-mail is active, too, and one is not."""
    rows = [User(organization=organization, email=f"p{n:03}@acme.example", name=f"Person {n}") for n in range(PEOPLE)]
    rows.append(User(organization=organization, email="q@acme.example", name="Gone Person", is_active=False))
    for user in rows:
        user.set_unusable_password()
    return User.objects.bulk_create(rows)


@pytest.fixture
def cases(api: Api) -> Api:
    api.make_object("Case", {"label": "Keeper", "type": "USER"}, {"label": "Size", "type": "NUMBER"})
    return api


def offered(page: Any, name: str) -> list[str]:
    return [str(value) for value, _label in page.context["form"].fields[name].widget.choices if value]


def test_a_form_offers_the_first_people_and_takes_all(browser: Client, cases: Api, people: list[User]) -> None:
    form = open_form(browser, "/o/case/new/")
    page = browser.get("/o/case/new/", follow=True)
    assert len(offered(page, "data-keeper")) == MAX_CHOICES
    assert 'data-choices="/people/?field=on"' in text(page)
    last = people[PEOPLE - 1]
    assert str(last.id) not in offered(page, "data-keeper")
    # Refused for another reason: who was chosen is still chosen, by name.
    told = send(browser, "/o/case/new/", form, data_name="x", data_keeper=str(last.id), data_size="many")
    assert told.status_code == 422
    assert controls_of(told)["data-keeper"] == [str(last.id)]
    assert last.name in text(told)
    assert send(browser, "/o/case/new/", controls_of(told), data_size="1").status_code == 302
    [made] = cases.get("case/records").json["data"]
    assert made["data"]["keeper"] == str(last.id)
    # Opened again, it is there; saved again, it stays.
    path = f"/o/case/r/{made['id']}/edit/"
    form = open_form(browser, path)
    assert form["data-keeper"] == [str(last.id)]
    assert send(browser, path, form, data_size="2").status_code == 302
    assert cases.get(f"case/records/{made['id']}").json["data"]["keeper"] == str(last.id)


def test_what_is_no_person_is_refused(browser: Client, cases: Api, stranger: User) -> None:
    form = open_form(browser, "/o/case/new/")
    for nonsense in (str(stranger.id), "x", "\x00", "1" * 5_000):
        told = send(browser, "/o/case/new/", form, data_name="x", data_keeper=nonsense)
        assert told.status_code == 422
        assert stranger.email not in text(told)


def test_people_are_found_by_name_and_email(browser: Client, cases: Api, people: list[User], stranger: User) -> None:
    def found(search: str) -> list[str]:
        return [person["name"] for person in browser.get("/people/", {"search": search}).json()["data"]]

    assert found("person 12") == ["Person 12", "Person 112", *[f"Person {n}" for n in range(120, 130)]]
    assert found("p007@ACME") == ["Person 7"]
    assert found("gone") == []
    assert found(stranger.email) == []
    assert found("\x00") == found("")
    assert len(found("")) == choices.MAX_CHOICES
    assert Client().get("/people/").status_code == 401


def test_a_form_takes_as_many_queries_for_any_number_of_people(
    browser: Client, api: Api, organization: Organization, django_assert_num_queries: Any
) -> None:
    api.make_object("Site")
    fields = [{"label": f"Keeper {n}", "type": "USER"} for n in range(5)]
    api.make_object(
        "Case", *fields, *[{"label": f"Site {n}", "type": "LOOKUP", "options": {"target": "site"}} for n in range(5)]
    )
    address = browser.get("/o/case/new/").headers["Location"]
    # What is the same for all requests is made.
    browser.get(address)
    for count in (1, 150):
        users = [User(organization=organization, email=f"x{count}-{n}@acme.example") for n in range(count)]
        User.objects.bulk_create(users)
        # 1. The session.
        # 2. Its user.
        # 3. The object.
        # 4. The people, for all five fields.
        # 5. The object that the lookups point at.
        # 6. The first of its records, for all five.
        # 7. The sidebar's objects.
        # 8. The user's organization.
        with django_assert_num_queries(8):
            browser.get(address)


def test_many_lookups_offer_less_each(browser: Client, api: Api, people: list[User]) -> None:
    api.make_object("Case", *[{"label": f"Keeper {n}", "type": "USER"} for n in range(250)])
    page = browser.get("/o/case/new/", follow=True)
    assert len(offered(page, "data-keeper_0")) == LEAST_CHOICES


def test_a_lookup_that_was_found_by_typing_is_kept_too(browser: Client, api: Api) -> None:
    api.make_object("Site")
    api.make_object("Case", {"label": "Site", "type": "LOOKUP", "options": {"target": "site"}})
    sites = [api.make_record("site", name=f"S{number:03}") for number in range(MAX_CHOICES + 1)]
    form = open_form(browser, "/o/case/new/")
    told = send(browser, "/o/case/new/", form, data_name="", data_site=sites[-1]["id"])
    assert told.status_code == 422
    assert controls_of(told)["data-site"] == [sites[-1]["id"]]
    assert "S100" in text(told)
