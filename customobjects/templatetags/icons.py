"""The icons of ``web.icons`` for templates."""

from __future__ import annotations

from django import template

from customobjects.web.icons import icon

register = template.Library()
register.simple_tag(icon)
