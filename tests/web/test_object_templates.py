"""The page on which objects are made from templates."""

from __future__ import annotations

from typing import Any

from django.test import Client

from salesos.accounts.models import User
from tests.conftest import Api

PAGE = "/setup/templates/"


def test_chosen_templates_become_objects_with_links(
    client: Client, admin: User, api: Api, django_assert_num_queries: Any
) -> None:
    client.force_login(admin)
    api.make_object("Vendor")
    # The session, the user, the organization, the sidebar's objects, the names that are taken.
    with django_assert_num_queries(5):
        text = client.get(PAGE).content.decode()
    assert "Links to Site and Vendor." in text
    assert text.count("There is one already.") == 1
    answer = client.post(PAGE, {"templates": ["asset", "site", "project"]}, follow=True)
    assert "Sites, Assets, Projects are there." in answer.content.decode()
    fields = {field["apiName"]: field for field in api.get("asset").json["fields"]}
    assert fields["vendor"]["options"]["target"] == api.get("vendor").json["id"]


def test_what_cannot_be_made_is_said(client: Client, admin: User, api: Api) -> None:
    client.force_login(admin)
    assert "Choose at least one." in client.post(PAGE).content.decode()
    api.make_object("Asset")
    answer = client.post(PAGE, {"templates": ["site", "asset"]})
    assert answer.status_code == 422
    assert "There is an object Asset already." in answer.content.decode()
    assert api.get("site").status == 404


def test_it_is_for_administrators(client: Client, rep: User) -> None:
    client.force_login(rep)
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, {"templates": ["site"]}).status_code == 403
