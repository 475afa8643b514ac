"""Tables whose rows the database keeps as they are, whoever asks for something else."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from customobjects.models import Revision, SchemaRevision
from salesos.accounts.models import AuditEntry, Purging, User
from salesos.db.append_only import purging
from tests.conftest import Api

MODELS: list[type[Model]] = [AuditEntry, Revision, SchemaRevision]


@pytest.fixture
def rows(api: Api) -> None:
    """Something in each of the tables."""
    api.make_object("Thing")
    record = api.make_record("thing")
    assert api.delete(f"thing/records/{record['id']}").status == 204
    assert api.delete("thing").status == 204


@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize("model", MODELS)
def test_rows_are_neither_changed_nor_deleted(model: Any) -> None:
    row = model.objects.first()
    table = model._meta.db_table
    with connection.cursor() as cursor:
        for statement in (f"UPDATE {table} SET kind = 'x'", f"DELETE FROM {table}"):
            with pytest.raises(IntegrityError, match=f"{table} is append-only"), transaction.atomic():
                cursor.execute(statement)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.delete()
    row.kind = "x"
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()
    row.refresh_from_db()
    assert row.kind != "x"


@pytest.mark.usefixtures("rows")
def test_a_purge_deletes_from_its_own_table_and_changes_nothing() -> None:
    with purging(AuditEntry._meta.db_table):
        with pytest.raises(IntegrityError), transaction.atomic():
            SchemaRevision.objects.all().delete()
        with pytest.raises(IntegrityError), transaction.atomic():
            AuditEntry.objects.update(kind="x")
        assert AuditEntry.objects.all().delete()[0]
    assert SchemaRevision.objects.exists()
    assert not Purging.objects.exists()
    with purging(Revision._meta.db_table):
        assert Revision.objects.update(changes={}), "values of purged fields are taken out of histories"
    # It is over with its transaction.
    AuditEntry.objects.create(kind=AuditEntry.Kind.SIGN_IN, via="page")
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditEntry.objects.all().delete()


@pytest.mark.usefixtures("rows")
def test_a_purge_that_fails_leaves_nothing() -> None:
    def purge_and_fail() -> None:
        with purging(AuditEntry._meta.db_table):
            AuditEntry.objects.all().delete()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        purge_and_fail()
    assert AuditEntry.objects.exists()
    assert not Purging.objects.exists()


@pytest.mark.usefixtures("rows")
def test_users_and_objects_may_go(rep: User) -> None:
    AuditEntry.objects.create(kind=AuditEntry.Kind.SIGN_IN, via="page", organization=rep.organization, user=rep)
    rep.delete()
    entry = AuditEntry.objects.select_related("user").get(kind=AuditEntry.Kind.SIGN_IN)
    assert entry.user_id is not None
    call_command("purge", verbosity=0)
    assert {revision.kind for revision in SchemaRevision.objects.all()} == {"create", "delete"}


@pytest.mark.django_db(transaction=True)
def test_migrations_take_the_triggers_away_and_make_them_again() -> None:
    def triggers() -> set[str]:
        names = {
            "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
            "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
        }
        with connection.cursor() as cursor:
            cursor.execute(names[connection.vendor])
            found = {name for (name,) in cursor.fetchall()}
        return {name for name in found if name.startswith("customobjects_schemarevision")}

    before = triggers()
    assert before
    try:
        call_command("migrate", "customobjects", "0013", verbosity=0)
        assert not triggers()
    finally:
        call_command("migrate", "customobjects", verbosity=0)
    assert triggers() == before
