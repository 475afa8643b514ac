"""Filters of lists of plain models, by django-filter. Records have the product's own (``queries.filters``)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.db import models
from django.db.models import QuerySet, Subquery
from django_filters import rest_framework as filters
from django_filters.fields import IsoDateTimeField
from django_filters.widgets import CSVWidget
from drf_spectacular.utils import extend_schema_field
from rest_framework.exceptions import ErrorDetail, ValidationError

from customobjects import access
from customobjects.api.parameters import (
    MAX_SEARCH_CHARACTERS,
    CursorQuerySerializer,
    DefinitionQuerySerializer,
    ObjectQuerySerializer,
    PageQuerySerializer,
    TrashQuerySerializer,
)
from customobjects.fieldtypes import TYPES
from customobjects.fieldtypes.moments import day_of
from customobjects.models import CustomObject, Field, Record, SchemaRevision, View, ViewKind
from customobjects.queries.objects import as_uuid, by_reference, search_objects
from customobjects.queries.operands import split_list
from customobjects.services.changes import ChangeKind
from customobjects.services.naming import MAX_LENGTH as API_NAME_LENGTH
from salesos.accounts.actor import actor_of
from salesos.accounts.administration import KEY_STATES, having_words, keys_in_state
from salesos.accounts.models import ApiKey, AuditEntry, User
from salesos.rest.serializers import camel, outer_names, unknown_properties

MAX_FILTER_CHARACTERS = 4_000


# The first and the last moment of the time that a parameter names.
Span = tuple[datetime, datetime]


class MomentField(IsoDateTimeField):
    """A time in ISO 8601, in UTC where it names no other offset, or a day: always as its first and last moment."""

    def to_python(self, value: Any) -> Span | None:
        malformed = forms.ValidationError(self.error_messages["invalid"], code="invalid")
        # No value at all is None; this is a part of a range.
        if value == "":
            raise malformed
        if isinstance(value, str) and (day := day_of(value)):
            return day
        moment: datetime | None = super().to_python(value)
        try:
            return (moment.astimezone(UTC), moment.astimezone(UTC)) if moment else None
        except OverflowError as error:
            raise malformed from error


@extend_schema_field({"type": "string", "anyOf": [{"format": "date-time"}, {"format": "date"}]})
class MomentFilter(filters.IsoDateTimeFilter):
    """A time; a day means all of it, as in the filters of records."""

    field_class = MomentField

    def filter(self, queryset: QuerySet[Any], value: Span | list[Span] | None) -> QuerySet[Any]:
        if not value:
            return queryset
        if isinstance(value, list):
            (first, _), (_, last) = value
        else:
            first, last = value
        if self.lookup_expr in ("exact", "range"):
            return queryset.filter(**{f"{self.field_name}__range": (first, last)})
        return super().filter(queryset, last if self.lookup_expr in ("gt", "lte") else first)


class ListWidget(CSVWidget):
    """Values separated by commas, in quotes where they have one; the parameter may come again."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        try:
            return split_list(data.getlist(name)) if name in data else None
        except ValueError as error:
            message = 'Must have quotes only around a whole value, as in "Smith, John".'
            raise forms.ValidationError(message, code="invalid_list") from error


@extend_schema_field({"type": "string", "minLength": 1, "maxLength": MAX_FILTER_CHARACTERS})
class TextFilter(filters.CharFilter):
    """Texts as they are given, white space among them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, strip=False, **kwargs)


@extend_schema_field({"type": "string", "default": "", "maxLength": MAX_SEARCH_CHARACTERS})
class SearchFilter(filters.CharFilter):
    """The words that somebody types into a search; none finds everything."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, method="having_words", max_length=MAX_SEARCH_CHARACTERS, **kwargs)


@extend_schema_field({"type": "string", "enum": ["true", "false"]})
class FlagFilter(filters.TypedChoiceFilter):
    """``true`` or ``false``. django-filter's own takes everything else for no filter."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        choices = [("true", "true"), ("false", "false")]
        super().__init__(*args, choices=choices, coerce=lambda text: text == "true", **kwargs)


class ChoiceInFilter(filters.BaseInFilter, filters.ChoiceFilter):
    """One of several choices, separated by commas."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, widget=ListWidget, **kwargs)


class SortFilter(filters.OrderingFilter):
    """Names to sort by, as in ``-createdAt,name``. The id tells apart what they do not."""

    def filter(self, queryset: QuerySet[Any], value: Any) -> QuerySet[Any]:
        names = [name for name in value or () if name]
        return super().filter(queryset, [*names, "id"]) if names else queryset


class ListFilterSet(filters.FilterSet):
    """Declared in snake_case, spoken in camelCase. Raises DRF's ``ValidationError`` for unknown and empty parameters.

    Filters of times, flags and texts are made from ``Meta.fields``, as django-filter does.
    """

    FILTER_DEFAULTS = {
        **filters.FilterSet.FILTER_DEFAULTS,
        models.BooleanField: {"filter_class": FlagFilter},
        models.CharField: {"filter_class": TextFilter},
        models.DateTimeField: {"filter_class": MomentFilter},
        models.EmailField: {"filter_class": TextFilter},
    }
    base_filters: dict[str, filters.Filter]
    # Parameters of the list that are no filters, and those that may be empty.
    beside: frozenset[str] = frozenset()
    may_be_empty: frozenset[str] = frozenset()

    def __init__(self, data: Mapping[str, str], *args: Any, **kwargs: Any) -> None:
        # Making all filters of a list of objects took 2 ms of a request's 5. Only those that are asked for are made.
        self.base_filters = {name: made for name, made in self.base_filters.items() if name in data}
        super().__init__(data, *args, **kwargs)

    @classmethod
    def get_filters(cls) -> dict[str, filters.Filter]:
        return {_outer(name): filter_ for name, filter_ in super().get_filters().items()}

    @classmethod
    def filter_for_lookup(cls, field: models.Field, lookup_type: str) -> tuple[Any, dict[str, Any]]:
        filter_class, params = super().filter_for_lookup(field, lookup_type)
        return filter_class, {**params, "widget": ListWidget} if lookup_type in ("in", "range") else params

    def is_valid(self) -> bool:
        known = [*type(self).base_filters, *self.beside]
        if unknown := unknown_properties(self.data, known):
            raise ValidationError(unknown)
        if wrong := {name: error for name in self.filters if (error := self._malformed(name))}:
            raise ValidationError(wrong)
        return bool(super().is_valid())

    def _malformed(self, name: str) -> ErrorDetail | None:
        if not self.data[name] and name not in self.may_be_empty:
            return ErrorDetail("This parameter may not be empty.", code="blank")
        if sum(map(len, self.data.getlist(name))) > MAX_FILTER_CHARACTERS:
            return ErrorDetail(f"Must have at most {MAX_FILTER_CHARACTERS} characters.", code="max_length")
        return None


def _outer(name: str) -> str:
    """``created_at__gte`` → ``createdAt__gte``."""
    field, separator, suffix = name.partition("__")
    return camel(field) + separator + suffix


OBJECT_SORTS = {"name": "name", "apiName": "api_name", "createdAt": "created_at", "updatedAt": "updated_at"}
MOMENT_SUFFIXES = ["exact", "gt", "gte", "lt", "lte", "range"]


class CustomObjectFilterSet(ListFilterSet):
    """The filters and the order of a list of objects."""

    beside = outer_names(ObjectQuerySerializer)
    may_be_empty = frozenset({"search", "sort", "sortBy", "sortOrder"})

    search = SearchFilter()
    sort = SortFilter(fields=[(column, name) for name, column in OBJECT_SORTS.items()], help_text="`-createdAt,name`")
    sort_by = filters.ChoiceFilter(choices=[(name, name) for name in OBJECT_SORTS], method="sorted_by")
    sort_order = filters.ChoiceFilter(choices=[("asc", "asc"), ("desc", "desc")], method="sorted_in")

    class Meta:
        model = CustomObject
        fields = {
            "name": ["exact", "iexact", "icontains", "istartswith", "in"],
            "api_name": ["exact", "in", "icontains"],
            "is_active": ["exact"],
            "created_at": MOMENT_SUFFIXES,
            "updated_at": MOMENT_SUFFIXES,
        }

    def having_words(self, objects: QuerySet[CustomObject], _name: str, text: str) -> QuerySet[CustomObject]:
        return search_objects(objects, text)

    def sorted_by(self, objects: QuerySet[CustomObject], _name: str, sort_by: str) -> QuerySet[CustomObject]:
        return objects if "sort" in self.filters else objects.order_by(OBJECT_SORTS[sort_by], "id")

    def sorted_in(self, objects: QuerySet[CustomObject], _name: str, sort_order: str) -> QuerySet[CustomObject]:
        return objects.reverse() if sort_order == "desc" and "sort" not in self.filters else objects


class FieldFilterSet(ListFilterSet):
    """The filters of a list of fields."""

    beside = outer_names(DefinitionQuerySerializer)

    type = filters.ChoiceFilter(choices=[(key, key) for key in TYPES])
    type__in = ChoiceInFilter(field_name="type", lookup_expr="in", choices=[(key, key) for key in TYPES])
    is_indexed = FlagFilter(field_name="column", method="having_index")

    class Meta:
        model = Field
        fields = ["is_required", "is_unique", "is_active"]

    def having_index(self, fields: QuerySet[Field], _name: str, is_indexed: bool) -> QuerySet[Field]:
        return fields.exclude(column="") if is_indexed else fields.filter(column="")


class ObjectFilter(TextFilter):
    """An object, by its id or its apiName."""

    def filter(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        if not value:
            return queryset
        objects = access.visible_objects(actor_of(self.parent.request)).filter(by_reference(value))
        return queryset.filter(custom_object_id=Subquery(objects.order_by().values("id")[:1]))


class TrashFilterSet(ListFilterSet):
    """The filters of the trash of all objects."""

    beside = outer_names(TrashQuerySerializer)
    may_be_empty = frozenset({"cursor"})

    custom_object_id = ObjectFilter(help_text="The id or the apiName of an object.")
    deleted_by = filters.UUIDFilter(field_name="updated_by", help_text="The id of who deleted them.")

    class Meta:
        model = Record
        fields = {"deleted_at": MOMENT_SUFFIXES}


OWNERS = ("me", "shared")


class ViewFilterSet(ListFilterSet):
    """The filters of a list of views."""

    beside = outer_names(PageQuerySerializer)

    kind = filters.ChoiceFilter(choices=ViewKind.choices)
    kind__in = ChoiceInFilter(field_name="kind", lookup_expr="in", choices=ViewKind.choices)
    owner = extend_schema_field({"type": "string", "enum": list(OWNERS)})(
        filters.ChoiceFilter(
            choices=[(owner, owner) for owner in OWNERS],
            method="owned_by",
            help_text="`me`: your own; `shared`: those of everybody.",
        )
    )

    class Meta:
        model = View
        fields = {"name": ["exact", "iexact", "icontains"], "is_default": ["exact"]}

    def owned_by(self, views: QuerySet[View], _name: str, owner: str) -> QuerySet[View]:
        return views.filter(owner=None) if owner == "shared" else views.filter(owner=actor_of(self.request).user_id)


class UserFilterSet(ListFilterSet):
    """The filters of a list of people."""

    beside = outer_names(PageQuerySerializer)
    may_be_empty = frozenset({"search"})

    search = SearchFilter()
    role = filters.ChoiceFilter(choices=User.Role.choices)
    role__in = ChoiceInFilter(field_name="role", lookup_expr="in", choices=User.Role.choices)

    class Meta:
        model = User
        fields = {"email": ["exact", "icontains"], "is_active": ["exact"], "created_at": MOMENT_SUFFIXES}

    def having_words(self, people: QuerySet[User], _name: str, text: str) -> QuerySet[User]:
        return having_words(people, text, "name", "email")


class ApiKeyFilterSet(ListFilterSet):
    """The filters of a list of API keys."""

    beside = outer_names(PageQuerySerializer)

    user_id = filters.UUIDFilter(field_name="user_id")
    state = filters.ChoiceFilter(choices=[(state, state) for state in KEY_STATES], method="in_state")

    class Meta:
        model = ApiKey
        fields = {"name": ["exact", "icontains"], "created_at": MOMENT_SUFFIXES}

    def in_state(self, keys: QuerySet[ApiKey], _name: str, state: str) -> QuerySet[ApiKey]:
        return keys_in_state(keys, state)


AUDIT_KINDS = [(kind.value, kind.value) for kind in AuditEntry.Kind]
REVISION_KINDS = [(kind.value, kind.value) for kind in ChangeKind]


class AuditFilterSet(ListFilterSet):
    """The filters of the audit log."""

    beside = outer_names(CursorQuerySerializer)
    may_be_empty = frozenset({"cursor"})

    kind = filters.ChoiceFilter(choices=AUDIT_KINDS)
    kind__in = ChoiceInFilter(field_name="kind", lookup_expr="in", choices=AUDIT_KINDS)
    user_id = filters.UUIDFilter(field_name="user_id")

    class Meta:
        model = AuditEntry
        fields = {"at": MOMENT_SUFFIXES}


class SchemaRevisionFilterSet(ListFilterSet):
    """The filters of the history of an object's definition."""

    beside = outer_names(CursorQuerySerializer)
    may_be_empty = frozenset({"cursor"})

    kind = filters.ChoiceFilter(choices=REVISION_KINDS)
    kind__in = ChoiceInFilter(field_name="kind", lookup_expr="in", choices=REVISION_KINDS)
    field = TextFilter(method="of_field", max_length=API_NAME_LENGTH, help_text="A field's id or apiName.")
    user_id = filters.UUIDFilter(field_name="by_id")

    class Meta:
        model = SchemaRevision
        fields = {"at": MOMENT_SUFFIXES}

    def of_field(self, revisions: QuerySet[SchemaRevision], _name: str, reference: str) -> QuerySet[SchemaRevision]:
        id_ = as_uuid(reference)
        return revisions.filter(field_id=id_) if id_ else revisions.filter(field_api_name=reference)
