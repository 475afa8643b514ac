"""Objects made from templates."""

from __future__ import annotations

import pytest

from customobjects.models import CustomObject, View
from customobjects.services.object_templates import catalogue, make_from_templates
from salesos.accounts.actor import Actor
from salesos.accounts.models import User
from salesos.errors import Conflict, PermissionDenied, ValidationError
from tests.conftest import Api


def test_all_templates_are_made_at_once_with_all_their_fields_lookups_and_views(actor: Actor, api: Api) -> None:
    made = make_from_templates(actor, list(catalogue()))
    assert {one.api_name for one in made} == set(catalogue())
    for name, template in catalogue().items():
        fields = api.get(name).json["fields"]
        assert [field["label"] for field in fields] == [field["label"] for field in template.fields]
        views = api.get(f"{name}/views").json["data"]
        assert [view["name"] for view in views] == [view["name"] for view in template.views]
        assert all(view["missing"] == [] for view in views)


@pytest.mark.parametrize("name", list(catalogue()))
def test_each_template_can_be_made_alone(actor: Actor, name: str) -> None:
    make_from_templates(actor, [name])
    assert View.objects.filter(custom_object__api_name=name).exists()
    assert not CustomObject.objects.get(api_name=name).fields.filter(type="LOOKUP").exists()


def test_lookups_point_at_what_is_there_already(actor: Actor, api: Api) -> None:
    make_from_templates(actor, ["site"])
    make_from_templates(actor, ["asset", "certification"])
    fields = {field["apiName"]: field for field in api.get("certification").json["fields"]}
    assert fields["site"]["options"]["target"] == api.get("site").json["id"]
    assert "vendor" not in {field["apiName"] for field in api.get("asset").json["fields"]}


def test_all_or_none_are_made(actor: Actor, api: Api, rep: User) -> None:
    api.make_object("Task")
    with pytest.raises(Conflict, match="Task"):
        make_from_templates(actor, ["project", "task"])
    with pytest.raises(ValidationError, match="spaceship"):
        make_from_templates(actor, ["project", "spaceship"])
    with pytest.raises(PermissionDenied):
        make_from_templates(Actor.of_user(rep), ["project"])
    assert list(CustomObject.objects.values_list("api_name", flat=True)) == ["task"]
