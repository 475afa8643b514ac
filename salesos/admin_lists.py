"""Lists of Django's admin that may be long: filters to type into, bounded totals."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.core.paginator import Page, Paginator
from django.db.models import Model
from django.forms import ModelChoiceField
from django.http import HttpRequest
from django.utils.functional import cached_property
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.contrib.filters.forms import AutocompleteDropdownForm
from unfold.views import ChangeList

# So many are listed, page by page, and counted. Whoever looks for others filters or searches.
MAX_LISTED = 10_000


def called(row: Model) -> str:
    """What a row of all organizations is called: the organization tells two of one name apart."""
    organization = getattr(row, "organization", None)
    return f"{row} ({organization})" if organization else str(row)


class Suggestions(AutocompleteJsonView):
    """What is offered where somebody types into a list to choose from."""

    def get_queryset(self) -> Any:
        related = self.model_admin.list_select_related
        return super().get_queryset().select_related(*(related if isinstance(related, list) else []))

    def serialize_result(self, obj: Model, to_field_name: str) -> dict[str, str]:
        return {**super().serialize_result(obj, to_field_name), "text": called(obj)}


class _Choice(ModelChoiceField):
    def label_from_instance(self, obj: Model) -> str:
        return called(obj)


class _ChoiceForm(AutocompleteDropdownForm):
    field = _Choice


class TypedFilter(AutocompleteSelectFilter):
    """A filter by a row of another table, which is found by typing: such a table may have many."""

    form_class = _ChoiceForm

    @cached_property
    def chosen(self) -> Model | None:
        """The row that the list is filtered by. One query, where there is one."""
        value = self.value()
        if not value:
            return None
        related = self.field.related_model
        rows = related._default_manager.filter(pk=value)
        has_organization = any(field.name == "organization" for field in related._meta.fields)
        return (rows.select_related("organization") if has_organization else rows).first()


class BoundedPaginator(Paginator[Any]):
    """Pages of the first ``MAX_LISTED`` rows; those behind them are neither counted nor listed."""

    template_name = "admin/bounded_pagination.html"

    @cached_property
    def _found(self) -> int:
        rows: Any = self.object_list
        # Without what is shown beside the rows: that would be found out for all of them.
        return rows.order_by().values("pk")[: MAX_LISTED + 1].count()

    @cached_property
    def count(self) -> int:
        """How many rows are listed."""
        return min(self._found, MAX_LISTED)

    def page(self, number: int | str) -> Page[Any]:
        """A page, whose ids are chosen first: otherwise all rows before it would be read as a whole."""
        found = super().page(number)
        rows: Any = self.object_list
        chosen: Any = found.object_list
        ids = list(chosen.values_list("pk", flat=True))
        by_id = {row.pk: row for row in rows.order_by().filter(pk__in=ids)}
        found.object_list = [by_id[id_] for id_ in ids if id_ in by_id]
        return found

    @property
    def has_more(self) -> bool:
        """Whether there are rows that are not listed."""
        return self._found > MAX_LISTED


class BoundedChangeList(ChangeList):
    """A list whose pages are a ``BoundedPaginator``'s; its title says what it lists, and of which organization."""

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        if not self.is_popup:
            chosen = [spec.chosen for spec in self.filter_specs if isinstance(spec, TypedFilter) and spec.chosen]
            names = " and ".join(map(called, chosen))
            plural = str(self.opts.verbose_name_plural)
            self.title = f"{plural[:1].upper()}{plural[1:]}{f' of {names}' if names else ''}"

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        # Otherwise the head of the page would say that there are as many as are listed.
        self.full_result_count = self.result_count


def offered_by(filters: Iterable[Any]) -> list[str]:
    """The names of what a list's filters are about."""
    return [one[0] if isinstance(one, tuple) else getattr(one, "parameter_name", one) for one in filters]
