"""New records: filled in by the address, or like another one; and what others have already, told as one types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, JsonResponse, QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from customobjects.fieldtypes import ReferenceKind, ValueProblem
from customobjects.queries import records as queries
from customobjects.queries.objects import as_uuid
from customobjects.schema import SchemaField
from customobjects.services.forms import Made
from customobjects.services.naming import reference_of
from customobjects.services.uniqueness import taken
from customobjects.services.values import starting_values
from customobjects.web.forms.base import TOKEN, ServiceForm
from customobjects.web.forms.records import RecordForm
from customobjects.web.sentences import sentence
from customobjects.web.views.records import RecordEdit
from customobjects.web.views.rows import ForScripts
from salesos import errors

# The parameter that names the record that a new one is to be like, and the button that asks for one more.
LIKE, ANOTHER = "like", "another"
MAX_TOLD = 5


class NewRecord(RecordEdit):
    """The form for a new record. ``?status=active&account=<id>`` fills it in, with values as the API takes them."""

    def form(self, data: QueryDict | None = None) -> RecordForm:
        start, refused = self._start()
        form = self._form(self.schema, data, start=start)
        if refused and data is None:
            form.notice = f"Not filled in: {'; '.join(refused[:MAX_TOLD])}."
        return form

    def _start(self) -> tuple[dict[str, Any], list[str]]:
        """What the record starts with, by ``data_key``, and what the address says of it that cannot be."""
        start = {**starting_values(self.actor, self.schema), **self._like()}
        refused = []
        for field in self.schema.fields:
            given = [text for text in self.request.GET.getlist(field.api_name) if text]
            if not given or not field.type.writable or field.api_name == TOKEN:
                continue
            try:
                start[field.data_key] = self._read_value(field, given)
            except ValueProblem as problem:
                refused.append(f"{field.label} {problem.message}")
        return start, refused

    def _read_value(self, field: SchemaField, given: list[str]) -> Any:
        value = field.type.clean(given if field.type.multiple and len(given) > 1 else field.type.from_text(given[-1]))
        ids = field.type.ids(value)
        if ids:
            is_record = field.type.reference_kind is ReferenceKind.RECORD
            known = (queries.names_of_records if is_record else queries.names_of_users)(self.actor, ids)
            if not all(id_ in known for id_ in ids):
                raise ValueProblem("not_found", "must name something that is there")
        return value

    def _like(self) -> Mapping[str, Any]:
        """The values of the record that this one is to be like: those that two records can share."""
        reference = self.request.GET.get(LIKE, "")
        if not reference:
            return {}
        try:
            data = queries.get_record(self.actor, self.schema, reference)["data"]
        except errors.NotFound:
            return {}
        unique = {field for rule in self.schema.unique_rules for field in rule.fields}
        shared = (field for field in self.schema.fields if field.type.writable and field not in unique)
        return {field.data_key: data[field.api_name] for field in shared if data[field.api_name] is not None}

    def create(self, form: ServiceForm) -> Made:
        made = super().create(form)
        if ANOTHER not in self.request.POST:
            return made
        kept = [(name, value) for name, values in self.request.GET.lists() if name != TOKEN for value in values]
        again = reverse("web:record-new", args=[reference_of(self.schema)])
        return Made(made.name, f"{again}?{urlencode(kept)}" if kept else again)


class Duplicates(ForScripts, RecordEdit):
    """Which of the unique values in a form other records have: ``{"data": [{"control", "html"}]}``."""

    def post(self, request: HttpRequest, **named: str) -> JsonResponse:  # type: ignore[override]
        """The form's controls; ``record`` is the record that it is for, if it is there already."""
        schema = self.schema
        unique = {field for rule in schema.unique_rules for field in rule.fields}
        form = self._form(schema, request.POST, start={}, only={field.api_name for field in unique})
        form.is_valid()
        data: dict[str, Any] = {}
        for field in unique:
            value = form.cleaned_data.get(form.names.get(field.api_name, ""))
            try:
                data[field.data_key] = field.type.clean(value)
            except ValueProblem:
                continue
        problems = taken(self.actor, schema, data, but=as_uuid(request.POST.get("record", "")))
        found = [{"control": form.controls.get(one.field, ""), "html": sentence(one)} for one in problems]
        return JsonResponse({"data": found})
