"""What a search found, marked."""

from __future__ import annotations

import re

from django import template
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def highlight(text: str, search: str) -> SafeString:
    """``text`` with the words of ``search`` marked, whatever their case."""
    words = sorted({re.escape(word) for word in search.split()}, key=len, reverse=True)
    if not words:
        return conditional_escape(text)
    # Every second part is a word that was found.
    parts = enumerate(re.split(f"({'|'.join(words)})", text, flags=re.IGNORECASE))
    return format_html_join("", "{}", ((format_html("<mark>{}</mark>", one) if at % 2 else one,) for at, one in parts))
