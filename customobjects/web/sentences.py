"""What went wrong, in sentences for people: with links to the records that are named."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from salesos.errors import Problem


def sentence(problem: Problem, message: str = "") -> SafeString:
    """A problem's message (or another one in its place) as a whole sentence."""
    rest = _whole(message or problem.message)
    done = SafeString("")
    # Names stand at the end of messages, in their order; before them, a value may look the same.
    for mention in reversed(problem.mentions):
        before, named, behind = rest.rpartition(mention.text)
        if named:
            address = reverse("web:record", args=[mention.object_id, mention.record_id])
            done = format_html('<a href="{}">{}</a>{}{}', address, mention.text, behind, done)
            rest = before
    return format_html("{}{}", rest, done)


def sentences(problems: Iterable[Problem]) -> SafeString:
    """Several problems, one after the other."""
    return format_html_join(" ", "{}", ((sentence(problem),) for problem in problems))


def plain_sentences(problems: Iterable[Problem]) -> str:
    """The same as text, for scripts."""
    return " ".join(_whole(problem.message) for problem in problems)


def _whole(message: str) -> str:
    return message[:1].upper() + message[1:] + ("" if message.endswith((".", "!", "?")) else ".")
