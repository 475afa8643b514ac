"""Filters for the templates of lists: links of columns, and how these are sorted."""

from __future__ import annotations

from django import template

from customobjects.web.lists.state import ListState

register = template.Library()


@register.filter
def direction(state: ListState, name: str) -> str:
    """How a list is sorted by a name: ``ascending``, ``descending``, or not."""
    return state.direction(name)


@register.filter
def sort_link(state: ListState, name: str) -> str:
    """The address of the list sorted by a name."""
    return state.sort_link(name)
