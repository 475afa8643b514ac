"""Filters for the templates of lists: links of columns and groups, and how columns are sorted."""

from __future__ import annotations

from django import template

from customobjects.web.lists.state import ListState

register = template.Library()


@register.filter
def direction(state: ListState, name: str) -> str:
    """How a list is sorted by a name: ``ascending``, ``descending``, or not."""
    return state.direction(name)


@register.filter
def sort_place(state: ListState, name: str) -> int | None:
    """Which of several keys of a sort a name is, from 1; None where it is the only one, or none."""
    plain = [key.removeprefix("-") for key in state.sort]
    return plain.index(name) + 1 if name in plain and len(plain) > 1 else None


@register.filter
def sort_link(state: ListState, name: str) -> str:
    """The address of the list sorted by a name."""
    return state.sort_link(name)


@register.filter
def group_link(state: ListState, name: str) -> str:
    """The address of the list grouped by a name."""
    return state.link(group=name)


@register.filter
def all_groups(state: ListState) -> str:
    """The address of the list with all its groups."""
    return state.link()


@register.filter
def ungrouped(state: ListState) -> str:
    """The address of the list without groups."""
    return state.link(group=None)
