"""The audit log as a page, and as a file."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from customobjects.queries.audit import list_audit_entries, subjects_of
from customobjects.queries.newest_first import newest_first
from customobjects.queries.objects import as_uuid
from customobjects.queries.people import people_to_choose
from customobjects.queries.records import names_of_users
from customobjects.services.audit_export import export_audit
from customobjects.web.audit_words import THROUGH, what, who
from customobjects.web.filter_sets import AuditFilterSet
from customobjects.web.forms.combobox import Combobox
from customobjects.web.views.organization.base import PAGE_SIZE, ListPage
from salesos.errors import ValidationError
from salesos.spreadsheets import BYTE_ORDER_MARK, csv_lines

MAX_CHOICES = 100


class AuditPage(ListPage):
    """What was done, the newest first. A cursor leads further, at the same cost at any depth."""

    def filters(self) -> AuditFilterSet:
        filters = AuditFilterSet(self.request.GET, list_audit_entries(self.actor))
        chosen = as_uuid(self.request.GET.get("person", ""))
        people = dict(people_to_choose(self.actor, "", MAX_CHOICES))
        people |= names_of_users(self.actor, [str(chosen)] if chosen and str(chosen) not in people else [])
        choices = {"data-choices": reverse("web:people")}
        filters.form.fields["person"].widget = Combobox(choices=[("", "Anybody"), *people.items()], attrs=choices)
        return filters

    def get(self, request: HttpRequest) -> HttpResponse:
        filters = self.filters()
        chosen = [(name, request.GET.get(name, "")) for name in sorted(filters.filters)]
        asked = ["audit page", self.actor.organization_id, *chosen]
        cursor = request.GET.get("cursor", "")
        try:
            found = newest_first(filters.qs, asked=asked, page=1, limit=PAGE_SIZE, cursor=cursor)
        except ValidationError:
            # A cursor that is none, or another list's.
            cursor = ""
            found = newest_first(filters.qs, asked=asked, page=1, limit=PAGE_SIZE)
        subjects = subjects_of(self.actor, found.rows)
        context: dict[str, Any] = {
            "filters": filters,
            "is_filtered": any(value for _name, value in chosen),
            "rows": [
                {
                    "entry": entry,
                    "who": who(entry),
                    "what": what(entry, subjects),
                    "through": THROUGH.get(entry.via, entry.via),
                }
                for entry in found.rows
            ],
            "total": found.total,
            "first": self.link() if cursor else "",
            "next": self.link(cursor=found.next_cursor) if found.next_cursor else "",
            "query": request.GET.urlencode(),
        }
        return render(request, "web/organization/audit.html", context)


class AuditExport(AuditPage):
    """The same entries as a CSV file; that it was taken is noted."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        rows = export_audit(self.actor, self.filters().qs)
        name = f"Audit log {timezone.now().date().isoformat()}.csv"
        answer = HttpResponse(BYTE_ORDER_MARK + csv_lines(rows), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer
