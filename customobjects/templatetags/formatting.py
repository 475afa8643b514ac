"""Filters for templates: numbers, times and words as people write them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import template
from django.forms import BoundField, Form
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from customobjects.fieldtypes import DisplayPart, Notation
from customobjects.models import Field
from customobjects.queries.filling import FieldFilling, KeyFilling, filling_of
from customobjects.services.naming import reference_of
from customobjects.web.field_groups import Group
from customobjects.web.forms.base import ServiceForm
from customobjects.web.languages import Language

register = template.Library()
register.filter("reference", reference_of)


@register.filter
def number(value: int) -> str:
    """A number in the current language."""
    return Language.current().number(value)


@register.filter
def moment(value: str | datetime) -> SafeString:
    """A moment as people read it: how far it is away, or when; on hover the exact time, and the zone that it is in."""
    at = _moment(value)
    return _time(at, Language.current().near_moment(at, timezone.now()))


@register.filter
def exact_moment(value: str | datetime) -> SafeString:
    """A moment by its date and time in the person's zone; on hover with seconds, and the zone."""
    at = _moment(value)
    return _time(at, Language.current().moment(at))


@register.filter
def is_moment(part: DisplayPart) -> bool:
    """Whether a piece of a value is a time, which ``moment`` shows by its ``value``."""
    return part.notation is Notation.MOMENT


def _moment(value: str | datetime) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def _time(at: datetime, text: str) -> SafeString:
    whole = Language.current().whole_moment(at)
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), whole, text)


@register.filter
def initials(name: str) -> str:
    """The first letters of a person's first and last name, or of their e-mail address."""
    words = re.findall(r"[^\W\d_]+", name.partition("@")[0])
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


@register.filter
def at(mapping: Mapping[Any, Any], key: Any) -> Any:
    """The value at a key, or nothing."""
    return mapping.get(key, "")


@register.filter
def rules(field: Field) -> list[str]:
    """What holds for a field, each in a word."""
    words = {
        "required": field.is_required,
        "unique": field.is_unique,
        "indexed": bool(field.column),
        "inactive": not field.is_active,
    }
    return [word for word, holds in words.items() if holds]


@register.filter
def filling(field: Field) -> FieldFilling | None:
    """What the background is doing for a field."""
    return filling_of(field)


@register.filter
def in_words(filling: FieldFilling | KeyFilling) -> str:
    """What the background is doing, as people are told."""
    if filling.problem:
        return filling.problem
    work = "emptying lookups to deleted records" if getattr(filling, "lookups", False) else "working on old records"
    return f"{work}, {Language.current().number(filling.records_done)} done"


@register.filter
def groups(form: Form) -> list[Group[BoundField]]:
    """The groups in which a form shows its controls; of a form that knows none, one of all that can be seen."""
    return form.groups if isinstance(form, ServiceForm) else [Group("", form.visible_fields())]
