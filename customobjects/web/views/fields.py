"""Pages of fields: choosing a type, adding, changing, moving and deleting."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from customobjects import access
from customobjects.fieldtypes import DEFAULT_TYPE, TYPES, FieldType
from customobjects.models import CustomObject, Field
from customobjects.queries import objects as queries
from customobjects.queries.field_uses import FieldUses, records_with_value, uses_of
from customobjects.queries.figures import count_records
from customobjects.queries.lookup_filters import FILTER
from customobjects.queries.selection import RecordRequest
from customobjects.queries.totals import Total
from customobjects.schema import schema_of
from customobjects.services import field_order
from customobjects.services import fields as services
from customobjects.services.forms import Made
from customobjects.services.naming import reference_of
from customobjects.web import field_words
from customobjects.web.forms.base import ServiceForm
from customobjects.web.forms.choices_editor import Addresses
from customobjects.web.forms.field_preview import FieldPreview
from customobjects.web.forms.fields import FieldForm
from customobjects.web.forms.lookup_filter import ConditionsField
from customobjects.web.languages import Language
from customobjects.web.lists.filter_words import filter_in_words
from customobjects.web.shell import in_drawer
from customobjects.web.views.base import DeletePage, told_to_script
from customobjects.web.views.form_pages import FormPage, saved
from customobjects.web.views.objects import ObjectPage
from customobjects.web.views.rows import ForScripts
from salesos.errors import NotFound

# The parameter that names the field which a new one is to stand behind.
AFTER = "after"


def _shown(type_: type[FieldType]) -> dict[str, str]:
    """A type for templates, which would make an instance of the class itself."""
    return {"key": type_.key, "label": type_.label, "icon": type_.icon, "description": type_.description}


class FieldPage(ObjectPage):
    """A page of the field that the path names."""

    @cached_property
    def field(self) -> Field:
        # The object is read first: where the field changes in between, the version tells.
        return queries.find_field(self.custom_object, self.kwargs["field_reference"])

    def forget(self) -> None:
        super().forget()
        vars(self).pop("field", None)


class FieldEdit(FieldPage, FormPage):
    """A form for a field. For a new one, first the types to choose from; in the drawer they stand in the form.

    The drawer stays open: behind a field that was added comes the form of the next one, behind one that was changed
    its form again.
    """

    template = "web/field_form.html"

    @property
    def existing(self) -> Field | None:
        return self.field if "field_reference" in self.kwargs else None

    @property
    def type(self) -> type[FieldType]:
        given = self.request.POST or self.request.GET
        return TYPES[self.existing.type] if self.existing else TYPES.get(given.get("type", ""), TYPES[DEFAULT_TYPE])

    def get(self, request: HttpRequest, **named: str) -> HttpResponse:
        if self.kwargs.get("field_reference") or request.GET.get("type") in TYPES:
            return super().get(request, **named)
        if in_drawer(request):
            query = request.GET.copy()
            query["type"] = DEFAULT_TYPE
            return redirect(f"{request.path}?{query.urlencode()}")
        self.require()
        types = [_shown(type_) for type_ in TYPES.values()]
        context = {"object": self.custom_object, "types": types, AFTER: request.GET.get(AFTER, "")}
        return render(request, "web/field_types.html", context)

    def form(self, data: QueryDict | None = None) -> FieldForm:
        targets = [(str(id_), name) for id_, name in queries.list_objects(self.actor).values_list("id", "name")]
        names = self.existing and [reference_of(self.custom_object), self.existing.api_name]
        addresses = Addresses(*(reverse(f"web:field-{page}", args=names) for page in ("held", "merge") if names))
        before = self._after if self.existing is None else None
        here = reference_of(self.custom_object)
        self._in_form = FieldForm(
            data,
            actor=self.actor,
            language=self.language,
            type_=self.type,
            targets=targets,
            existing=self.existing,
            group=before.group if before else "",
            addresses=addresses,
            conditions=reverse("web:field-conditions", args=names)
            if names
            else reverse("web:field-new-conditions", args=[here]),
            records=self.custom_object.plural_name,
        )
        return self._in_form

    @property
    def _after(self) -> Field | None:
        """The field that a new one is to stand behind, where it is named and there."""
        named = self.request.GET.get(AFTER, "")
        return next((one for one in self.fields if named in (one.api_name, str(one.id))), None)

    @property
    def fields(self) -> list[Field]:
        """The object's fields, as their page shows them."""
        return field_order.by_groups(self.custom_object.fields.all())

    def context(self) -> dict[str, Any]:
        fields = self.fields
        self._in_form.offer_defaults()
        context = {
            "object": self.custom_object,
            "type": _shown(self.type),
            "field": self.existing,
            "field_groups": dict.fromkeys(one.group for one in fields if one.group),
            # When the form is shown: of what stands in it then.
            "preview": lambda: FieldPreview(self.actor, self._in_form),
            "words": self._words,
        }
        if self.existing is None:
            after = self._after
            is_between = after is not None and after.id != fields[-1].id
            types = [_shown(type_) for type_ in TYPES.values()]
            return {**context, "types": types, AFTER: after, "is_between": is_between}
        place = next(place for place, one in enumerate(fields) if one.id == self.existing.id)
        return {
            **context,
            "place": place + 1,
            "number": len(fields),
            "previous": fields[place - 1] if place else None,
            "next": fields[place + 1] if place + 1 < len(fields) else None,
        }

    def create(self, form: ServiceForm) -> Made:
        api_name, after = self.custom_object.api_name, self.request.GET.get(AFTER, "")
        added = field_order.add_field_after(self.actor, api_name, after, type=self.type.key, **form.values())
        here = reference_of(self.custom_object)
        if not in_drawer(self.request):
            return Made(added.label, reverse("web:object-setup", args=[here]))
        query = urlencode({"type": DEFAULT_TYPE, AFTER: reference_of(added)})
        return Made(added.label, f"{reverse('web:field-new', args=[here])}?{query}")

    def created(self, name: str) -> str:
        return f"{name} is added."

    def change(self, form: ServiceForm) -> HttpResponse:
        custom_object, values = self.custom_object, form.values()
        if values:
            services.change_field(
                self.actor,
                custom_object.api_name,
                self.field.api_name,
                values,
                if_version=custom_object.schema_version,
                keeps_held=True,
            )
        names = [reference_of(custom_object), reference_of(self.field)]
        if in_drawer(self.request):
            return self.done(saved(form), "web:field-edit", *names)
        return self.done(saved(form), "web:object-setup", names[0])

    def _words(self) -> list[str]:
        """What the form means that is shown."""
        custom_object, field, form = self.custom_object, self.existing, self._in_form
        type_, _default = form.draft()
        held = form.cleaned_data if form.is_bound else form.initial
        target, tree = self._target(type_.options.get("target")), type_.options.get(FILTER)
        conditions = ""
        if target and tree:
            conditions = filter_in_words(self.actor, access.visible_schema(self.actor, schema_of(target)), tree)
        words = [*field_words.meaning(custom_object, type_.options, target, conditions)]
        becomes_required = held.get("is_required") and not (field and field.is_required)
        empty = self._without_value(field) if becomes_required else None
        return [*words, *field_words.effects(custom_object, field, held, empty)]

    def _target(self, reference: Any) -> CustomObject | None:
        try:
            return queries.get_object(self.actor, str(reference)) if reference else None
        except NotFound:
            return None

    def _without_value(self, field: Field | None) -> Total:
        """How many records have no value of the field: all of them, where it is new."""
        schema = schema_of(self.custom_object)
        every = count_records(self.actor, schema, RecordRequest())
        held = records_with_value(self.actor, schema, field) if field else Total(0)
        return Total(max((every.number or 0) - (held.number or 0), 0), every.is_estimate or held.is_estimate)

    def who_changed(self) -> str:
        return str(self.field.updated_by or super().who_changed())


class FieldDraft(ForScripts, FieldEdit):
    """What a form that is being filled in would make: the control in a record's form, and what it means, in words."""

    http_method_names: ClassVar[list[str]] = ["post"]  # type: ignore[misc]

    def post(self, request: HttpRequest, **named: str) -> HttpResponse:
        self.require()
        form = self.form(request.POST)
        form.is_valid()
        return render(request, "web/field_draft.html", {**self.context(), "form": form, "is_asked_for": True})


class FieldConditions(ForScripts, FieldEdit):
    """The rows of a lookup's filter, for what is chosen in them, and for the object that the lookup is to."""

    http_method_names: ClassVar[list[str]] = ["post"]  # type: ignore[misc]

    def post(self, request: HttpRequest, **named: str) -> HttpResponse:
        """Raises ``NotFound`` where fields of the type have no filter."""
        self.require()
        form = self.form(request.POST)
        fields = [field for field in form.fields.values() if isinstance(field, ConditionsField)]
        if not fields:
            raise NotFound.of("fields of this type have no filter", code="not_found")
        widget, name = fields[0].widget, fields[0].name
        filled = widget.value_from_datadict(request.POST, {}, name)
        return HttpResponse(widget.render(name, filled, {}))


class FieldMove(FieldPage):
    """Moves a field one place up or down."""

    def post(self, request: HttpRequest, **named: str) -> HttpResponse:
        by = -1 if request.POST.get("direction") == "up" else 1
        field_order.move_field(self.actor, self.kwargs["object_reference"], self.kwargs["field_reference"], by=by)
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204)
        return redirect("web:object-setup", reference_of(self.custom_object))


class FieldDelete(FieldPage, DeletePage):
    """Asks, and deletes a field with all its values. What is lost is said first, and how it comes back."""

    template = "web/field_delete.html"

    def question(self) -> dict[str, Any]:
        self.require()
        uses = self._uses
        until = Language.current().day((timezone.now() + timedelta(days=settings.TRASH_DAYS)).date())
        return {
            "title": f"Delete the field {self.field.label}?",
            "losses": field_words.losses(self.custom_object, self.field, uses, until),
            "obstacles": field_words.obstacles(self.custom_object, self.field, uses),
            "back": reverse("web:object-setup", args=[reference_of(self.custom_object)]),
        }

    @cached_property
    def _uses(self) -> FieldUses:
        return uses_of(self.actor, self.custom_object, schema_of(self.custom_object), self.field)

    def remove(self) -> HttpResponse:
        services.delete_field(self.actor, self.kwargs["object_reference"], self.kwargs["field_reference"])
        text = f"{self.field.label} is deleted."
        if self.request.headers.get("HX-Request"):
            return told_to_script(text)
        return self.done(text, "web:object-setup", reference_of(self.custom_object))
