"""The diagram of all objects."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from django.test import Client

from customobjects.services.object_templates import catalogue, make_from_templates
from salesos.accounts.actor import Actor
from salesos.accounts.models import User
from tests.conftest import Api


def test_every_object_has_a_box_and_every_lookup_a_line(
    client: Client, admin: User, actor: Actor, django_assert_num_queries: Any
) -> None:
    client.force_login(admin)
    assert "There are no objects yet." in client.get("/setup/diagram/").content.decode()
    make_from_templates(actor, list(catalogue()))
    # The session, the user, the organization, the sidebar's objects; the objects, their lookups.
    with django_assert_num_queries(6):
        text = client.get("/setup/diagram/").content.decode()
    lookups = sum(len(template.targets) for template in catalogue().values())
    assert text.count('<g class="lookup">') == lookups > 5
    assert text.count('class="box ') == len(catalogue())
    assert 'aria-label="Tasks, points at Project"' in text
    assert "<title>Task: Project</title>" in text
    assert 'href="/setup/objects/task/"' in text


def test_no_two_boxes_overlap_among_many(client: Client, admin: User, api: Api) -> None:
    for number in range(12):
        targets = [
            {"label": f"To {other}", "type": "LOOKUP", "options": {"target": f"thing{other}"}}
            for other in range(number)
        ]
        api.make_object(f"Thing{number}", {"label": "Name", "type": "TEXT"}, *targets[:3])
    api.post("thing0/fields", {"label": "Itself", "type": "LOOKUP", "options": {"target": "thing0"}})
    client.force_login(admin)
    boxes = [box.object for box in client.get("/setup/diagram/").context["diagram"].boxes]
    drawn = client.get("/setup/diagram/").context["diagram"]
    assert len(boxes) == 12
    for one in drawn.boxes:
        assert 0 <= one.x <= drawn.width - 184
        assert 0 <= one.y <= drawn.height - 48
        assert not any(
            one is not other and abs(one.x - other.x) < 184 and abs(one.y - other.y) < 48 for other in drawn.boxes
        )


def test_the_file_is_an_svg_whatever_things_are_called(client: Client, admin: User, api: Api) -> None:
    api.make_object('<b>&"x')
    client.force_login(admin)
    answer = client.get("/setup/diagram/objects.svg")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="objects.svg"'
    tree = ElementTree.fromstring(answer.content)
    assert '<b>&"x' in "".join(tree.itertext())


def test_other_organizations_are_not_on_it(client: Client, stranger: User, api: Api) -> None:
    api.make_object("Secret")
    client.force_login(stranger)
    assert b"Secret" not in client.get("/setup/diagram/").content
