"""Archiving an object, and deleting it with all its records."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from customobjects.queries.object_contents import Contents, LookupHere, contents_of
from customobjects.queries.totals import Total
from customobjects.services import objects as services
from customobjects.services.naming import reference_of
from customobjects.web.deletion_words import counted, in_words, of_others
from customobjects.web.languages import Language
from customobjects.web.views.base import DeletePage, SetupPage
from customobjects.web.views.objects import ObjectPage


class ObjectArchive(SetupPage):
    """Archives an object, or restores it."""

    def post(self, request: HttpRequest, object_reference: str) -> HttpResponse:
        is_active = request.POST.get("is_active") == "true"
        changed = services.change_object(self.actor, object_reference, {"is_active": is_active})
        message = f"{changed.name} is {'restored' if is_active else 'archived'}."
        return self.done(message, "web:object-general", reference_of(changed))


class ObjectDelete(ObjectPage, DeletePage):
    """Asks, and deletes an object with all its records."""

    def question(self) -> dict[str, Any]:
        self.require()
        held = self.custom_object
        own, along = services.records_that_go(self.actor, str(held.id))
        contents = contents_of(self.actor, held)
        return {
            "title": f"Delete {held.name}?",
            "text": f"With it go all its fields and {in_words(own)}{of_others(along)}.",
            "more": _more(contents),
            "lookups": [_of_lookup(lookup) for lookup in contents.lookups],
            "until": _until(bool(contents.lookups)),
            "name": held.name,
            "back": reverse("web:object-general", args=[reference_of(held)]),
        }

    def remove(self) -> HttpResponse:
        services.delete_object(self.actor, self.kwargs["object_reference"])
        message = f"{self.custom_object.name} is deleted. Until {_last_day()} it can be brought back from the trash."
        return self.done(message, "web:object-list")


def _last_day() -> str:
    """The day on which what is deleted now goes for good."""
    return Language.current().day((timezone.now() + timedelta(days=settings.TRASH_DAYS)).date())


def _until(is_referred_to: bool) -> str:
    """Until when it can be brought back, and with what."""
    links = " The fields that refer to it come back with the links that they hold." if is_referred_to else ""
    return f"Until {_last_day()} an administrator can bring it back from the trash, with all of this.{links}"


def _more(contents: Contents) -> str:
    """What goes beside fields and records, as a sentence; nothing where there is nothing."""
    views = Total(contents.views)
    totals = ((contents.notes, "note"), (contents.activities, "activity"), (views, "saved view"))
    said = [counted(total, name) for total, name in totals if total.number]
    return f"Also go: {', '.join(said)}." if said else ""


def _of_lookup(lookup: LookupHere) -> str:
    """What deleting an object does to the records of another one that refer to it by a field, in sentences."""
    field = f"{lookup.holder} by the field {lookup.label}"
    if not lookup.records.number:
        return f"{field}, which no record has filled in."
    is_one = lookup.records == Total(1)
    effect = {
        "restrict": f"{'It keeps' if is_one else 'They keep'} it from being deleted: change or delete that first.",
        "cascade": f"{'It is' if is_one else 'They are'} deleted along with it.",
        "set_null": f"{'It stays' if is_one else 'They stay'}, without it.",
    }[lookup.on_delete]
    return f"{field}: {counted(lookup.records, 'record')}. {effect}"
