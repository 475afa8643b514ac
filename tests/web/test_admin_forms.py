"""Forms of Django's admin for something new: one that is sent twice makes one thing."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib import admin as django_admin
from django.test import Client, RequestFactory
from django.utils import timezone

from customobjects.services import forms
from salesos.accounts.models import ApiKey, Organization, User
from salesos.admin import OperationsAdmin
from tests.conftest import PASSWORD
from tests.processes.test_concurrency import at_once
from tests.web.forms import controls_of, text

ADD_ORGANIZATION = "/admin/accounts/organization/add/"


def address_of(operator: Client, path: str) -> str:
    """The address of a form for something new, as the browser is led to it."""
    led = operator.get(path)
    assert led.status_code == 302
    address = str(led.headers["Location"])
    assert "token=" in address
    assert operator.get(address).status_code == 200
    return address


def new_user(admin: User) -> dict[str, str]:
    passwords = {"usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    return {"email": "kim@acme.example", "organization": str(admin.organization_id), "role": "REP", **passwords}


def test_a_form_makes_one(operator: Client, admin: User) -> None:
    key = {"user": str(admin.id), "name": "Importer", "scopes": ["read"], "expires_at_0": "", "expires_at_1": ""}
    made: dict[Any, dict[str, Any]] = {Organization: {"name": "Initech"}, User: new_user(admin), ApiKey: key}
    for model, content in made.items():
        name = model._meta.model_name
        before = model.objects.count()
        address = address_of(operator, f"/admin/accounts/{name}/add/")
        assert operator.post(address, content).status_code in (200, 302)
        second = operator.post(address, content, follow=True)
        assert model.objects.count() == before + 1, name
        row = model.objects.latest("created_at")
        assert second.redirect_chain == [(f"/admin/accounts/{name}/{row.pk}/change/", 302)]
        assert "already" in text(second)
        # Another form makes another, though much the same is in it.
        other = address_of(operator, f"/admin/accounts/{name}/add/")
        assert operator.post(other, {**content, "email": "lee@acme.example", "name": "Other"}).status_code in (200, 302)
        assert model.objects.count() == before + 2, name


def test_all_that_can_be_added_here_is_protected(operator: Client, admin: User, rf: RequestFactory) -> None:
    request = rf.get("/admin/")
    request.user = User.objects.get(id=admin.id)
    addable = {model for model, page in django_admin.site._registry.items() if page.has_add_permission(request)}
    assert addable >= {Organization, User, ApiKey}
    for model in addable:
        page = django_admin.site._registry[model]
        if isinstance(page, OperationsAdmin):
            assert (
                "token=" in operator.get(f"/admin/{model._meta.label_lower.replace('.', '/')}/add/").headers["Location"]
            )
        else:
            assert model._meta.app_label not in ("accounts", "customobjects"), model


def test_a_key_that_was_made_already_is_not_shown_again(operator: Client, admin: User) -> None:
    address = address_of(operator, "/admin/accounts/apikey/add/")
    key = {"user": str(admin.id), "name": "Importer", "scopes": ["read"], "expires_at_0": "", "expires_at_1": ""}
    shown = re.search(r"sos_[\w-]{40,}", text(operator.post(address, key)))
    assert shown
    again = text(operator.post(address, key, follow=True))
    assert shown.group() not in again
    assert "If you did not see it, revoke this one and make another." in again
    assert ApiKey.objects.count() == 1


def test_what_the_address_says_is_kept(operator: Client, admin: User) -> None:
    address = address_of(
        operator, f"/admin/accounts/user/add/?organization={admin.organization_id}&_changelist_filters=q"
    )
    form = operator.get(address)
    assert controls_of(form)["organization"] == [str(admin.organization_id)]
    [action] = re.findall(r'action="([^"]*add/[^"]*)"', text(form))
    assert parse_qs(urlsplit(unescape(action)).query) == parse_qs(urlsplit(address).query)


def test_a_refused_form_can_be_sent_again(operator: Client, admin: User) -> None:
    address = address_of(operator, "/admin/accounts/user/add/")
    refused = operator.post(address, {**new_user(admin), "password2": "another-one"})
    assert refused.status_code == 200
    assert operator.post(address, new_user(admin)).status_code == 302
    assert User.objects.filter(email="kim@acme.example").count() == 1


def test_back_and_something_else_is_no_second_click(operator: Client) -> None:
    address = address_of(operator, ADD_ORGANIZATION)
    operator.post(address, {"name": "Initech"})
    told = operator.post(address, {"name": "Initrode"})
    made = Organization.objects.get(name="Initech")
    assert f"/admin/accounts/organization/{made.id}/change/" in text(told)
    assert "Save again to make another one." in text(told)
    assert controls_of(told)["name"] == ["Initrode"]
    [action] = re.findall(r'action="([^"]*add/[^"]*)"', text(told))
    assert action != address
    assert operator.post(action, {"name": "Initrode"}).status_code == 302
    assert Organization.objects.filter(name__startswith="Init").count() == 2


def test_a_form_is_taken_for_two_days(operator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    address = address_of(operator, ADD_ORGANIZATION)
    later = timezone.now() + timedelta(days=3)
    monkeypatch.setattr(forms.timezone, "now", lambda: later)
    told = operator.post(address, {"name": "Initech"})
    assert "open for more than two days" in text(told)
    assert not Organization.objects.filter(name="Initech").exists()
    for nonsense in ("x", "%00", "00000000-0000-0000-0000-000000000000"):
        told = operator.post(f"{ADD_ORGANIZATION}?token={nonsense}", {"name": "Initech"})
        assert "open for more than two days" in text(told)
    # A program that has never seen the form.
    assert operator.post(ADD_ORGANIZATION, {"name": "Initech"}).status_code == 302


def test_a_second_click_in_a_window_of_its_own_hands_the_row_over(operator: Client) -> None:
    address = address_of(operator, f"{ADD_ORGANIZATION}?_popup=1")
    content = {"name": "Initech", "_popup": "1"}
    operator.post(address, content)
    assert str(Organization.objects.get(name="Initech").id) in text(operator.post(address, content))


@pytest.mark.django_db(transaction=True)
def test_many_clicks_at_once_make_one(operator: Client) -> None:
    address = address_of(operator, ADD_ORGANIZATION)

    def click() -> Any:
        own = Client()
        own.cookies = operator.cookies
        return own.post(address, {"name": "Once"})

    answers = at_once(*[click] * 6)
    assert [answer.status_code for answer in answers] == [302] * 6, answers
    assert Organization.objects.filter(name="Once").count() == 1
