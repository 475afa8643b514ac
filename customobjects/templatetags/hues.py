"""The hues of ``web.hues`` for templates."""

from __future__ import annotations

from django import template

from customobjects.web.hues import GRAY, HUES, hue_class, person_hue

register = template.Library()
register.filter("hue", hue_class)
register.filter("person_hue", person_hue)


@register.simple_tag
def hue_names() -> list[str]:
    """The names of all hues."""
    return [GRAY, *HUES]
