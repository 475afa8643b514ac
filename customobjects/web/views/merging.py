"""Pages about the values that a field lists: how many records hold each, and merging two of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.http import urlencode

from customobjects.fieldtypes import TYPES
from customobjects.fieldtypes.folding import MAX_KEY_LENGTH
from customobjects.queries.held_values import count_holding, held_counts
from customobjects.queries.objects import get_schema
from customobjects.queries.totals import records_in_words
from customobjects.services.merging import Merged, is_being_merged, merge_values
from customobjects.services.naming import reference_of
from customobjects.web.forms.merging import MergeForm
from customobjects.web.languages import Language
from customobjects.web.search_text import search_text
from customobjects.web.views.base import INVALID, whole_number
from customobjects.web.views.fields import FieldPage
from salesos import errors

CONFIRMED, GOING, TOTAL = "confirmed", "going", "total"


class FieldHeld(FieldPage):
    """How many records hold each value: ``{"counts": {value: number}}``, or null where nobody can say."""

    def get(self, request: HttpRequest, **named: str) -> JsonResponse:
        self.require()
        schema = get_schema(self.actor, self.kwargs["object_reference"])
        compiled = next((one for one in schema.kept if one.id == self.field.id), None)
        if compiled is None or not TYPES[self.field.type].merged_option:
            return JsonResponse({"counts": None})
        return JsonResponse({"counts": held_counts(self.actor, schema, compiled)})


class FieldMerge(FieldPage):
    """Asks which value goes into which other one, says how many records change, and merges."""

    def get(self, request: HttpRequest, **named: str) -> HttpResponse:
        self.require()
        value = search_text(request.GET, GOING, MAX_KEY_LENGTH)
        if value:
            return render(request, "web/merge_going.html", {**self._context(), "going": self._going(value)})
        return self._page(self._form(initial={"value": request.GET.get("value", "")}))

    def post(self, request: HttpRequest, **named: str) -> HttpResponse:
        self.require()
        form = self._form(request.POST)
        if not form.is_valid():
            return self._page(form, status=INVALID)
        is_sure = CONFIRMED in request.POST
        value, into = form.cleaned_data["value"], form.cleaned_data["into"]
        try:
            merged = merge_values(
                self.actor, self.custom_object.api_name, self.field.api_name, value, into, dry_run=not is_sure
            )
        except (errors.ValidationError, errors.Conflict) as error:
            form.show(error.problems)
            return self._page(form, status=INVALID)
        if not is_sure:
            return self._page(form, merged=merged)
        return self._told(form, merged)

    def _form(self, data: QueryDict | None = None, **more: Any) -> MergeForm:
        """Raises ``NotFound`` where the field lists no values."""
        name = TYPES[self.field.type].merged_option
        if not name:
            raise errors.NotFound.named("list of values of the field", self.field.api_name)
        listed = self.field.options[name]
        return MergeForm(
            data,
            choices=[(choice["value"], choice["label"]) for choice in listed],
            active=[(choice["value"], choice["label"]) for choice in listed if choice["isActive"]],
            **more,
        )

    def _context(self) -> dict[str, Any]:
        return {"object": self.custom_object, "field": self.field}

    def _page(self, form: MergeForm, *, merged: Merged | None = None, status: int = 200) -> HttpResponse:
        context = {**self._context(), "form": form}
        if merged is not None:
            context |= {
                "merged": merged,
                "records": records_in_words(merged.records, Language.current().number),
                "value": form.labels[form.cleaned_data["value"]],
                "into": form.labels[form.cleaned_data["into"]],
            }
        return render(self.request, "web/merge.html", context, status=status)

    def _told(self, form: MergeForm, merged: Merged) -> HttpResponse:
        value, into = (form.labels[form.cleaned_data[name]] for name in ("value", "into"))
        named = " and ".join(
            f"the filters of {count} {what}{'' if count == 1 else 's'}"
            for count, what in ((merged.views, "saved view"), (merged.lookups, "lookup"))
            if count
        )
        said = f" Changed with it: {named}." if named else ""
        records = records_in_words(merged.records, Language.current().number)
        if merged.in_background:
            # What is taken back with a toast would be the list alone.
            messages.success(self.request, f"{value} goes into {into} now: {records} are changed.{said}")
            going = urlencode({GOING: form.cleaned_data["value"], TOTAL: merged.records})
            return redirect(f"{self.request.path}?{going}")
        return self.done(f"{value} is merged into {into}: {records}.{said}", "web:field-edit", *self._names())

    def _names(self) -> list[str]:
        return [reference_of(self.custom_object), self.field.api_name]

    def _going(self, value: str) -> dict[str, Any]:
        """How far a merge in the background is."""
        schema = get_schema(self.actor, self.custom_object.api_name)
        compiled = next((one for one in schema.fields if one.id == self.field.id), None)
        left = count_holding(self.actor, schema, compiled, value) if compiled else 0
        total = max(whole_number(self.request.GET.get(TOTAL, "")) or 0, left)
        is_running = is_being_merged(self.field.id, value)
        return {"is_running": is_running, "done": total - left, "left": left, "total": total}
