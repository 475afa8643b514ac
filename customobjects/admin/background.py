"""Operations pages for the background's work: what runs, waits and failed; and the question before a purge."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from unfold.views import ChangeList

from customobjects.admin.asking import question
from customobjects.models import BackgroundTask
from customobjects.queries.background_work import About, about, task_in_words
from customobjects.queries.leftovers import over
from customobjects.services import background, purge
from salesos.accounts.models import Organization
from salesos.admin import ReadOnly
from salesos.admin_lists import BoundedChangeList

# The library's own pages count all rows, and sort all of them.
admin.site.unregister(DBTaskResult)


class TasksWithSubjects(BoundedChangeList):
    """A list whose tasks know what they are about."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        found = about(self.result_list)
        for task in self.result_list:
            task.about = found[task.id]


@admin.register(BackgroundTask)
class BackgroundTaskAdmin(ReadOnly):
    list_display = ["what", "subject", "organization", "state", "enqueued_at", "started_at", "finished_at", "problem"]
    list_filter = ["status"]
    # The newest come first, as the indexes have them.
    sortable_by = ()
    actions = ["retry"]
    fields = [
        *"what subject organization state enqueued_at started_at finished_at attempts problem trace".split(),
    ]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return TasksWithSubjects

    def get_urls(self) -> list[URLPattern]:
        purge_page = path("purge/", self.admin_site.admin_view(self.purge_view), name="customobjects_purge")
        return [purge_page, *super().get_urls()]

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        task = super().get_object(request, object_id, from_field)
        if task is not None:
            task.about = about([task])[task.id]
        return task

    @admin.display(description="what")
    def what(self, task: BackgroundTask) -> str:
        return task_in_words(task.task_path)

    @admin.display(description="about")
    def subject(self, task: Any) -> str:
        known: About = task.about
        return known.name or "–"

    @admin.display(description="organization")
    def organization(self, task: Any) -> Organization | str:
        known: About = task.about
        return known.organization or "–"

    @admin.display(description="state")
    def state(self, task: BackgroundTask) -> str:
        return STATES[TaskResultStatus(task.status)]

    @admin.display(description="times begun")
    def attempts(self, task: BackgroundTask) -> int:
        return len(task.worker_ids)

    @admin.display(description="problem")
    def problem(self, task: BackgroundTask) -> str:
        lines = task.traceback.strip().splitlines()
        return lines[-1][:200] if lines and task.status == TaskResultStatus.FAILED else ""

    @admin.display(description="traceback")
    def trace(self, task: BackgroundTask) -> SafeString | str:
        return format_html("<pre class='whitespace-pre-wrap'>{}</pre>", task.traceback) if task.traceback else "–"

    @admin.action(description="Do again what failed", permissions=["act"])
    def retry(self, request: HttpRequest, queryset: QuerySet[BackgroundTask]) -> None:
        chosen = list(queryset.values_list("id", flat=True))
        done = background.retry(chosen)
        if done:
            messages.success(request, f"{done} will be done again.")
        if done < len(chosen):
            messages.warning(request, f"{len(chosen) - done} did not fail, or are of another version; they stay.")

    def purge_view(self, request: HttpRequest) -> HttpResponse:
        """Asks before what is over is purged."""
        if not request.user.has_perm("customobjects.delete_record"):
            raise PermissionDenied
        if request.method == "POST":
            if purge.begin():
                messages.success(request, "The background purges what is over.")
            else:
                messages.info(request, "The background is about to purge already.")
            return redirect("admin:customobjects_backgroundtask_changelist")
        text = (
            "What was deleted so long ago that nobody can restore it is removed for good, of all organizations; "
            "also what histories and forms keep no longer, which is not counted here."
        )
        return question(request, text, title="Purge what is over?", button="Purge", left=over(), back="../")


STATES = {
    TaskResultStatus.READY: "waits",
    TaskResultStatus.RUNNING: "runs",
    TaskResultStatus.FAILED: "failed",
    TaskResultStatus.SUCCESSFUL: "done",
}
