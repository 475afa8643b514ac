"""What the background is to do, does, or could not do: of all organizations, for operators."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from customobjects.models import CustomObject, Field, ImportState, TableImport
from customobjects.queries.filling import IS_BEING_FILLED
from customobjects.storage.derivation import DERIVATION
from salesos.accounts.models import Organization, User

# More are known as "at least so many".
MOST_COUNTED = 1_000
# So many of what goes on are listed.
MOST_SHOWN = 20

# What each task does, by the last part of its path and that of its module.
IN_WORDS: Mapping[str, str] = {
    "backfill.fill_in_background": "Fill in a field",
    "rederivation.rederive_in_background": "Make keys of an older version anew",
    "unique_rules.fill_keys_in_background": "Make unique keys",
    "unique_rules.drop_keys_in_background": "Remove unique keys",
    "emptying.empty_in_background": "Empty lookups to a deleted record",
    "following.follow_in_background": "Rename what is named by a record",
    "searching.index_in_background": "Bring records into the search index",
    "picked_deletion.delete_in_background": "Delete picked records",
    "importing.import_in_background": "Import a table",
    "organization_deletion.delete_in_background": "Delete an organization",
    "user_deletion.delete_in_background": "Delete a user",
    "purge.purge_in_background": "Purge",
}


def task_in_words(path: str) -> str:
    """What a task does, for people."""
    name = ".".join(path.split(".")[-2:])
    return IN_WORDS.get(name) or path.rpartition(".")[2].replace("_", " ").capitalize()


@dataclass(frozen=True)
class About:
    """What a task is about: a name in words, and its organization, where it is about something that is there."""

    name: str = ""
    organization: Organization | None = None


def about(tasks: Iterable[DBTaskResult]) -> Mapping[UUID, About]:
    """What some tasks are about. Five queries, for however many tasks."""
    named = {task.id: _first_id(task.args_kwargs) for task in tasks}
    ids = {found for found in named.values() if found is not None}
    known: dict[UUID, About] = {}
    for user in User.objects.filter(id__in=ids).select_related("organization"):
        known[user.id] = About(str(user), user.organization)
    for organization in Organization.objects.filter(id__in=ids):
        known[organization.id] = About(organization.name, organization)
    for import_ in TableImport.objects.filter(id__in=ids).select_related("organization").only("name", "organization"):
        known[import_.id] = About(import_.name, import_.organization)
    for custom_object in CustomObject.objects.filter(id__in=ids).select_related("organization"):
        known[custom_object.id] = About(custom_object.name, custom_object.organization)
    for field in Field.objects.filter(id__in=ids).select_related("custom_object__organization"):
        name = f"{field.label} of {field.custom_object.name}"
        known[field.id] = About(name, field.custom_object.organization)
    return {id_: known[found] if found in known else About() for id_, found in named.items()}


def _first_id(args_kwargs: Mapping[str, Any]) -> UUID | None:
    """The first id among a task's arguments: behind it may be that of who wanted it."""
    for value in args_kwargs["args"]:
        try:
            return UUID(value)
        except (ValueError, AttributeError, TypeError):
            continue
    return None


def task_counts() -> Mapping[str, int]:
    """How many tasks failed, run and wait, each counted up to ``MOST_COUNTED``. A query for each."""
    states = (TaskResultStatus.FAILED, TaskResultStatus.RUNNING, TaskResultStatus.READY)
    return {str(state.value): _count(DBTaskResult.objects.filter(status=state)) for state in states}


def stopped_imports() -> int:
    """How many imports were stopped by what was wrong, counted up to ``MOST_COUNTED``."""
    return _count(TableImport.objects.filter(state=ImportState.STOPPED))


def running_imports() -> Sequence[TableImport]:
    """Imports that go on, without their rows."""
    running = TableImport.objects.filter(state=ImportState.RUNNING).defer("rows", "plan", "refused")
    return list(running.select_related("organization").order_by("-made_at")[:MOST_SHOWN])


def fields_being_filled() -> Sequence[Field]:
    """Fields for which records are being filled in, with their objects and organizations."""
    fields = Field.objects.filter(IS_BEING_FILLED, deleted_at=None, custom_object__deleted_at=None)
    return list(fields.select_related("custom_object__organization").order_by("id")[:MOST_SHOWN])


def objects_of_an_older_version() -> int:
    """How many objects have records whose keys an upgrade is to make anew, counted up to ``MOST_COUNTED``."""
    return _count(CustomObject.objects.filter(deleted_at=None, derivation__lt=DERIVATION))


def organizations_being_deleted() -> Sequence[Organization]:
    """Organizations that the background deletes, the first ones."""
    going = Organization.objects.filter(deletion_began_at__isnull=False)
    return list(going.order_by("deletion_began_at")[:MOST_SHOWN])


def _count(rows: QuerySet[Any]) -> int:
    return rows.order_by().values("pk")[: MOST_COUNTED + 1].count()
