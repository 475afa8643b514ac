"""The sample company: everything that the product shows is in it, and its days are told from today."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone

from customobjects.management.sample import VIEWS
from customobjects.models import (
    Activity,
    CustomObject,
    Field,
    HomePreference,
    Note,
    Record,
    RecordLink,
    Revision,
    View,
)
from customobjects.queries.figures import count_records
from customobjects.queries.views import open_view, record_request
from customobjects.schema import schema_of
from salesos.accounts.actor import Actor
from salesos.accounts.models import Organization, User
from tests.conftest import Api
from tests.web.forms import text

COUNTS = {"account": 45, "contact": 120, "asset": 150, "project": 24, "support_case": 90}
EMAIL, PASSWORD = "boss@acme.example", "a-good-password"

pytestmark = pytest.mark.django_db


def load(name: str, email: str) -> str:
    """Load it for a new organization, and return what that says."""
    told = StringIO()
    call_command("create_organization", name, "--email", email, "--password", PASSWORD, stdout=told)
    call_command("load_sample_data", email, stdout=told)
    return told.getvalue()


@pytest.fixture(scope="module")
def said(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """What loading it said; it is loaded once for all tests of this file."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield load("Acme", EMAIL)
        transaction.set_rollback(True)


@pytest.fixture
def admin(said: str, db: None) -> User:
    return User.objects.get(email=EMAIL)


def test_objects_and_records(admin: User) -> None:
    there = Record.objects.filter(deleted_at=None).values_list("custom_object__api_name", flat=True)
    assert Counter(there) == COUNTS
    assert Record.objects.exclude(deleted_at=None).count() == 4
    api = Api(admin)
    assert api.names("asset", status="Running", sortBy="asset_number", limit=1)
    assert api.names("asset", name="Compressor 150")
    assert CustomObject.objects.exclude(unique_keys=[]).exists()
    values = Field.objects.get(custom_object__api_name="account", api_name="industry").options["values"]
    assert [value["value"] for value in values if not value["isActive"]] == ["Mining"]
    assert api.names("account", industry="Mining")
    assert {"Purchase", "Operation"} <= {one["group"] for one in api.get("asset").json["fields"]}


def test_loading_twice_changes_nothing(admin: User, capsys: pytest.CaptureFixture[str]) -> None:
    before = Record.objects.count(), Revision.objects.count(), User.objects.count()
    capsys.readouterr()
    call_command("load_sample_data", EMAIL)
    told = capsys.readouterr().out
    assert "nothing to do" in told
    assert "Mira Novak, manager, signs in as mira@acme.example." in told
    assert before == (Record.objects.count(), Revision.objects.count(), User.objects.count())
    with pytest.raises(CommandError):
        call_command("load_sample_data", "nobody@acme.example")


def test_colleagues_sign_in_with_the_administrators_password(admin: User, said: str, settings: Any) -> None:
    # What hashed the password when it was loaded.
    settings.PASSWORD_HASHERS = ["salesos.accounts.hashers.Argon2Hasher"]
    colleagues = User.objects.exclude(id=admin.id)
    assert Counter(colleagues.values_list("role", flat=True)) == {"MANAGER": 1, "REP": 2}
    for colleague in colleagues:
        assert f"signs in as {colleague.email}" in said
        assert Client().post("/sign-in/", {"username": colleague.email, "password": PASSWORD}).status_code == 302
    owners = Counter(Record.objects.filter(deleted_at=None).values_list("owner__email", flat=True))
    assert set(owners) == set(User.objects.values_list("email", flat=True))
    assert min(owners.values()) > 20


def test_another_organization_gets_its_own(admin: User) -> None:
    load("Other", "chief@acme.example")
    other = User.objects.get(email="chief@acme.example")
    assert User.objects.filter(organization=other.organization).count() == 4
    assert Organization.objects.count() == 2
    assert Counter(Record.objects.filter(deleted_at=None).values_list("organization_id", flat=True)) == {
        one: sum(COUNTS.values()) for one in (admin.organization_id, other.organization_id)
    }
    # The same, but for ids.
    names = [
        list(Record.objects.filter(organization=one).order_by("custom_object__api_name", "name").values_list("name"))
        for one in (admin.organization, other.organization)
    ]
    assert names[0] == names[1]


def test_a_history_of_months_by_several_people(admin: User) -> None:
    now = timezone.now()
    revisions = Revision.objects.all()
    assert revisions.count() > 200
    assert revisions.values("by_id").distinct().count() == 4
    assert set(revisions.values_list("kind", flat=True)) == {"update", "delete"}
    for days in (1, 30, 90, 300):
        assert revisions.filter(at__lt=now - timedelta(days=days)).exists(), days
    records = {record.id: record for record in Record.objects.all()}
    versions: dict[Any, list[Revision]] = {}
    for revision in revisions.order_by("version"):
        versions.setdefault(revision.record_id, []).append(revision)
    for record_id, own in versions.items():
        times = [records[record_id].created_at, *(revision.at for revision in own)]
        assert times == sorted(times)
        assert times[-1] == records[record_id].updated_at
    assert max(record.updated_at for record in records.values()) <= now
    # A record is younger than what it points at.
    for link in RecordLink.objects.filter(field__api_name="account"):
        assert records[link.source_id].created_at > records[link.target_id].created_at


def test_notes_and_activities(admin: User) -> None:
    now = timezone.now()
    assert Note.objects.filter(mentioned=admin).exists()
    assert all("{0}" not in note.text for note in Note.objects.all())
    mine = Activity.objects.filter(assignee=admin, done_at=None)
    assert mine.filter(due__lt=now - timedelta(days=1)).exists()
    assert mine.filter(due__date=now.date(), due_is_day=True).exists()
    assert mine.filter(due__gt=now + timedelta(days=1)).exists()
    assert Activity.objects.filter(done_at__lt=now - timedelta(days=1)).count() > 3
    for attached in (*Note.objects.select_related("record"), *Activity.objects.select_related("record")):
        assert attached.record.created_at <= attached.created_at <= now


def test_views_of_every_kind_show_records(admin: User) -> None:
    views = View.objects.select_related("custom_object")
    assert {view.kind for view in views} == {"grid", "kanban", "calendar", "chart"}
    assert all(view.owner_id is None for view in views)
    assert {view.settings["type"] for view in views if view.kind == "chart"} == {"bar", "line", "pie", "number"}
    actor = Actor.of_user(admin)
    for view in views:
        schema = schema_of(view.custom_object)
        assert open_view(actor, schema, view).missing == (), view
        assert count_records(actor, schema, record_request(actor, schema, view.settings)).number, view


@pytest.mark.parametrize(
    ("name", "view"), [(name, one["name"]) for name in VIEWS for one in VIEWS[name] if one["kind"] == "calendar"]
)
def test_calendars_are_never_empty(admin: User, name: str, view: str) -> None:
    browser = Client()
    browser.force_login(admin)
    row = View.objects.get(custom_object__api_name=name, name=view)
    assert f"/o/{name}/r/" in text(browser.get(f"/o/{name}/v/{row.id}/"))


def test_home_has_it_all_at_once(admin: User) -> None:
    assert HomePreference.objects.get().user == admin
    browser = Client()
    browser.force_login(admin)
    page = text(browser.get("/"))
    for shown in (
        "My tasks",
        "overdue since",
        "due today",
        "Budget by stage",
        "Recently changed",
        "Mine",
        "in 30 days",
    ):
        assert shown in page
    assert "First steps" not in page
    assert [one.api_name for one in browser.get("/").context["shell"].objects] == [
        "account",
        "contact",
        "project",
        "support_case",
        "asset",
    ]
