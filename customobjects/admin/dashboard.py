"""What operators see first: what needs attention, what the background is at, and how the installation stands."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from typing import Any, NamedTuple

import django
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django_tasks import TaskResultStatus

from customobjects.queries import background_work as work
from customobjects.queries.leftovers import in_words, left_of
from customobjects.services import heartbeat
from customobjects.storage import health
from customobjects.storage.derivation import DERIVATION
from salesos.readiness import Report

LARGEST_TABLES = 8


class Line(NamedTuple):
    """A sentence, and where one sees more of it."""

    text: str
    address: str = ""


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The same context with what the page shows, to whoever may see the background's work."""
    context["title"] = "What needs attention"
    if not request.user.has_perm("customobjects.view_backgroundtask"):
        return context
    report = heartbeat.background_report()
    counts = work.task_counts()
    return {
        **context,
        "is_shown": True,
        "alarms": list(_alarms(report, counts)),
        "worked_at": report.worked_at,
        "tasks": _tasks(counts),
        "goes_on": list(_goes_on()),
        "versions": _versions(),
        "size": health.database_size(),
        "tables": health.largest_tables(LARGEST_TABLES),
        "purge_address": reverse("admin:customobjects_purge"),
    }


def _alarms(report: Report, counts: dict[str, int] | Any) -> Iterator[Line]:
    """What somebody should do something about."""
    if report.message:
        yield Line(f"{report.message[:1].upper()}{report.message[1:]}.")
    if failed := counts[TaskResultStatus.FAILED]:
        what = "task of the background" if failed == 1 else "tasks of the background"
        yield Line(f"{_many(failed)} {what} failed.", _tasks_address(TaskResultStatus.FAILED))
    if stopped := work.stopped_imports():
        address = f"{reverse('admin:customobjects_tableimport_changelist')}?state__exact=stopped"
        yield Line(f"{_many(stopped)} {'import was' if stopped == 1 else 'imports were'} stopped.", address)
    if missing := health.unapplied_migrations():
        yield Line(f"Migrations are not applied ({', '.join(missing[:5])}); run manage.py migrate.")
    if older := work.objects_of_an_older_version():
        what = "object has" if older == 1 else "objects have"
        yield Line(f"{_many(older)} {what} keys of an older version; the worker makes them anew, or manage.py fill.")


def _tasks(counts: Any) -> list[Line]:
    words = {TaskResultStatus.RUNNING: "running", TaskResultStatus.READY: "waiting", TaskResultStatus.FAILED: "failed"}
    return [Line(f"{_many(counts[state])} {word}", _tasks_address(state)) for state, word in words.items()]


def _goes_on() -> Iterator[Line]:
    """What the background is at, the first of each kind."""
    for organization in work.organizations_being_deleted():
        address = reverse("admin:accounts_organization_change", args=[organization.pk])
        yield Line(f"{organization} is being deleted; left: {in_words(left_of(organization.pk))}", address)
    for import_ in work.running_imports():
        address = reverse("admin:customobjects_tableimport_change", args=[import_.pk])
        done = import_.made + import_.refused_count
        text = f"{import_.name} ({import_.organization}) is imported: {done:,} of {import_.row_count:,} rows"
        yield Line(text, address)
    for field in work.fields_being_filled():
        owner = field.custom_object
        address = reverse("admin:customobjects_customobject_change", args=[owner.pk])
        text = f"{field.label} of {owner} ({owner.organization}) is filled in: {field.filled_count:,} records"
        yield Line(text, address)


def _versions() -> list[tuple[str, str]]:
    return [
        ("SalesOS Custom Objects", str(settings.SPECTACULAR_SETTINGS["VERSION"])),
        ("Keys of records", f"version {DERIVATION}"),
        ("Django", django.get_version()),
        ("Python", platform.python_version()),
        ("Database", health.database_version()),
    ]


def _tasks_address(status: TaskResultStatus) -> str:
    return f"{reverse('admin:customobjects_backgroundtask_changelist')}?status__exact={status.value}"


def _many(count: int) -> str:
    return f"{count:,}" if count <= work.MOST_COUNTED else f"More than {work.MOST_COUNTED:,}"
