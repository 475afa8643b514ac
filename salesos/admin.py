"""What the operations pages of all models share."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import FieldDoesNotExist, FieldError, ValidationError
from django.db import DataError
from django.http import HttpRequest
from unfold.admin import ModelAdmin

# What Django's admin raises where an address, or a form that nobody filled in by hand, has nonsense in it.
NONSENSE = (ValidationError, ValueError, OverflowError, FieldDoesNotExist, FieldError, DataError)
# What Django's own filters add to the name of what they filter by.
FILTER_SUFFIXES = ("", "__exact", "__isnull", "__id__exact")


class OperationsAdmin(ModelAdmin):
    """Django's admin, whose lists are filtered by what they offer, and by nothing else."""

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        offered: Any = self.list_filter
        names = [getattr(one, "parameter_name", one) for one in offered]
        return lookup in {f"{name}{suffix}" for name in names for suffix in FILTER_SUFFIXES}

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What an address fills a new form with. Raises ``ValidationError`` for what a field cannot hold."""
        columns = {field.name: field for field in self.model._meta.concrete_fields}
        given = super().get_changeform_initial_data(request)
        return {name: columns[name].to_python(value) if name in columns else value for name, value in given.items()}


def is_nonsense(request: HttpRequest, exception: Exception) -> bool:
    """Whether a page of the admin failed by what it was asked."""
    match = request.resolver_match
    return match is not None and match.app_name == "admin" and isinstance(exception, NONSENSE)
