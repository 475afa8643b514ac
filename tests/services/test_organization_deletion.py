"""Deleting an organization leaves nothing of it behind, and others as they are; a deleted user is forgotten."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db.models import UUIDField
from django_tasks_db.models import DBTaskResult

from customobjects.models import CustomObject, Field, Record, Revision, SchemaRevision, View
from customobjects.services import background, organization_deletion, user_deletion
from customobjects.services.table_import import importing
from salesos.accounts.actor import Actor, Via
from salesos.accounts.models import ApiKey, AuditEntry, Organization, User
from salesos.accounts.services import create_api_key
from salesos.accounts.users import save_user
from salesos.errors import Conflict, NotFound
from tests import background as worker
from tests.api.attaching import add_activity, write_note
from tests.conftest import Api, assert_the_doctor_finds_nothing, make_user


@pytest.fixture
def operator_of(stranger: User) -> Callable[[UUID], Actor]:
    """The operator, who belongs to Globex, within an organization."""
    User.objects.filter(id=stranger.id).update(is_staff=True, is_superuser=True)
    return lambda organization_id: Actor(organization_id, stranger.id, User.Role.ADMIN, via=Via.ADMIN)


def fill(api: Api) -> None:
    """Some of everything that an organization can have."""
    api.make_object("Site", {"label": "Next", "type": "LOOKUP", "options": {"target": "site"}})
    lookup = {"label": "Site", "type": "LOOKUP", "options": {"target": "site", "onDelete": "restrict"}}
    api.make_object(
        "Box",
        lookup,
        {"label": "Code", "type": "TEXT", "isUnique": True},
        {"label": "No", "type": "AUTO_NUMBER"},
        {"label": "Keeper", "type": "USER"},
        enableHistory=True,
        enableNotes=True,
        enableActivities=True,
    )
    site = api.make_record("site", name="Here")
    boxes = [api.make_record("box", name=f"B{number}", site=site["id"], code=str(number)) for number in range(7)]
    api.patch(f"box/records/{boxes[0]['id']}", {"data": {"name": "Changed", "keeper": str(api.user.id)}})
    write_note(api, f"box/records/{boxes[1]['id']}")
    add_activity(api, f"box/records/{boxes[2]['id']}")
    assert api.delete(f"box/records/{boxes[3]['id']}").status == 204
    api.make_object("Gone")
    assert api.delete("gone").status == 204
    assert api.post("box/views", {"name": "Mine", "kind": "grid"}).status == 201
    create_api_key(api.user, "Key", ["read"])
    importing.bring_table(Actor.of_user(api.user), content=b"name,size\na,1\n", name="table.csv", zone="UTC")


def ids_of(organization: Organization) -> set[UUID]:
    """The ids of all that an organization has which others can name."""
    found: set[UUID] = {organization.id}
    of_users = User.objects.filter(organization=organization).values_list("id", flat=True)
    of_objects = CustomObject.objects.filter(organization=organization).values_list("id", flat=True)
    of_fields = Field.objects.filter(custom_object__organization=organization).values_list("id", flat=True)
    of_records = Record.objects.filter(organization=organization).values_list("id", flat=True)
    for ids in (of_users, of_objects, of_fields, of_records):
        assert ids
        found.update(ids)
    return found


def left_behind(ids: set[UUID]) -> list[str]:
    """The columns of all tables in which one of the ids stands."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            target: Any = field.target_field if field.is_relation else field
            if (
                isinstance(target, UUIDField)
                and model._default_manager.filter(**{f"{field.attname}__in": ids}).exists()
            ):
                found.append(f"{model.__name__}.{field.name}")
    return found


def test_nothing_is_left_behind(api: Api, organization: Organization, operator_of: Any, stranger: User) -> None:
    fill(api)
    other = Api(stranger)
    fill(other)
    ids = ids_of(organization)
    assert {"Record.organization", "Revision.record_id", "ApiKey.user", "AuditEntry.user"} <= set(left_behind(ids))
    of_others = {model: model.objects.count() for model in (Record, Revision, SchemaRevision, View)}
    mine = {model: _own(model, organization).count() for model in of_others}
    organization_deletion.begin(operator_of(organization.id), organization.id)
    assert api.get("box").status == 401, "refused at once"
    worker.work()
    assert left_behind(ids) == []
    assert {model: model.objects.count() for model in of_others} == {
        model: count - mine[model] for model, count in of_others.items()
    }
    assert other.names("box") == ["B6", "B5", "B4", "B2", "B1", "Changed"]
    assert_the_doctor_finds_nothing()
    began, ended = AuditEntry.objects.filter(kind="organization_deleted").order_by("at", "id")
    assert (began.organization_id, began.user_id) == (None, stranger.id)
    assert began.details["targetOrganizationName"] == "Acme"
    assert began.details["left"]["records"] == 7
    assert [began.details["phase"], ended.details["phase"]] == ["began", "ended"]
    with pytest.raises(NotFound):
        organization_deletion.begin(operator_of(organization.id), organization.id)


def _own(model: Any, organization: Organization) -> Any:
    return model.objects.filter(organization_id=organization.id)


@pytest.mark.damages
def test_it_goes_on_where_it_was_interrupted(api: Api, organization: Organization, operator_of: Any) -> None:
    fill(api)
    ids = ids_of(organization)
    actor = operator_of(organization.id)
    organization_deletion.begin(actor, organization.id)
    steps = 0
    while organization_deletion.delete_batch(actor, organization.id, batch=2):
        steps += 1
        # Somebody else does the same, at the same time, and the step is done again.
        organization_deletion.delete_batch(actor, organization.id, batch=2)
    assert steps > 5
    assert left_behind(ids) == []
    assert organization_deletion.delete_batch(actor, organization.id) is False


def test_a_deletion_that_failed_is_begun_again(api: Api, organization: Organization, operator_of: Any) -> None:
    actor = operator_of(organization.id)
    organization_deletion.begin(actor, organization.id)
    organization_deletion.begin(actor, organization.id)
    [task] = DBTaskResult.objects.all()
    task.set_failed(ValueError("a defect"))
    organization_deletion.begin(actor, organization.id)
    assert sorted(DBTaskResult.objects.values_list("status", flat=True)) == ["FAILED", "READY"]
    assert AuditEntry.objects.filter(kind="organization_deleted").count() == 1
    assert background.retry([task.id]) == 1
    assert background.retry([task.id]) == 0, "it waits"
    worker.work()
    assert not Organization.objects.filter(id=organization.id).exists()


def test_nobody_deletes_the_organization_they_belong_to(stranger: User, operator_of: Any) -> None:
    with pytest.raises(Conflict, match="you belong to this organization"):
        organization_deletion.begin(operator_of(stranger.organization_id), stranger.organization_id)


def test_nobody_is_activated_meanwhile(admin: User, organization: Organization, operator_of: Any) -> None:
    actor = operator_of(organization.id)
    organization_deletion.begin(actor, organization.id)
    admin.refresh_from_db()
    admin.is_active = True
    with pytest.raises(Conflict, match="is being deleted"):
        save_user(actor, admin)


def test_a_deleted_user_is_forgotten_and_what_they_wrote_stays(api: Api, rep: User, operator_of: Any) -> None:
    api.make_object("Box", {"label": "Keeper", "type": "USER"})
    theirs = Api(rep)
    record = theirs.make_record("box", name="Theirs", keeper=str(rep.id))
    create_api_key(rep, "Key", ["read"])
    actor = operator_of(rep.organization_id)
    user_deletion.begin(actor, rep.id)
    assert theirs.get("box").status == 401
    worker.work()
    rep.refresh_from_db()
    assert (rep.name, rep.is_active, rep.has_usable_password()) == ("Deleted user", False, False)
    assert rep.email == f"{rep.id}@deleted.invalid"
    assert not ApiKey.objects.filter(user=rep).exists()
    kept = api.get(f"box/records/{record['id']}").json
    assert (kept["createdBy"], kept["data"]["keeper"]) == (str(rep.id), str(rep.id))
    entry = AuditEntry.objects.get(kind="user_deleted")
    assert entry.details == {"targetUserId": str(rep.id)}
    user_deletion.begin(actor, rep.id)
    worker.work()
    assert AuditEntry.objects.filter(kind="user_deleted").count() == 1


def test_nobody_is_locked_out(admin: User, organization: Organization, stranger: User, operator_of: Any) -> None:
    actor = operator_of(organization.id)
    with pytest.raises(Conflict, match="no active administrator"):
        user_deletion.begin(actor, admin.id)
    for name, value, field in (("is_active", False, "isActive"), ("role", User.Role.REP, "role")):
        changed = User.objects.get(id=admin.id)
        setattr(changed, name, value)
        with pytest.raises(Conflict, match="no active administrator") as refused:
            save_user(actor, changed)
        assert refused.value.problems[0].field == field
    moved = User.objects.get(id=admin.id)
    moved.organization = stranger.organization
    with pytest.raises(Conflict, match="no active administrator"):
        save_user(actor, moved)
    operator = User.objects.get(id=stranger.id)
    operator.is_staff = False
    with pytest.raises(Conflict, match="nobody could open the operations pages"):
        save_user(actor, operator)
    with pytest.raises(Conflict, match="nobody deletes themselves"):
        user_deletion.begin(actor, stranger.id)
    make_user(organization, "second@acme.example")
    user_deletion.begin(actor, admin.id)
