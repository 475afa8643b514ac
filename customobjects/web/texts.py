"""Notes as pages show them: plain text, with links that can be followed, and people by their names."""

from __future__ import annotations

from collections.abc import Iterable

from django.template.defaultfilters import urlize
from django.utils.html import format_html
from django.utils.safestring import SafeString

from customobjects.queries.attached import MENTION, Person

# Whoever is mentioned and gone.
GONE = "somebody"


def shown_text(text: str, people: Iterable[Person]) -> SafeString:
    """A text as HTML: nothing in it is markup; addresses are links, mentions are names."""
    names = {str(person.id): person.name for person in people}
    pieces = MENTION.split(text)
    done = SafeString("")
    # What the pattern has found stands at the odd places.
    for place, piece in enumerate(pieces):
        if place % 2:
            done += format_html('<bdi class="mention">@{}</bdi>', names.get(piece, GONE))
        else:
            done += urlize(piece, autoescape=True)
    return done


def editable_text(text: str, people: Iterable[Person]) -> str:
    """A text as it is written: a mention is ``@[Kim Lee](<user id>)``."""
    names = {str(person.id): person.name.translate({ord("["): "(", ord("]"): ")"}) for person in people}
    return MENTION.sub(lambda found: f"@[{names.get(found[1], GONE)}]({found[1]})", text)
