"""Searching everything: the page, and the palette, which acts as well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse

from customobjects import access
from customobjects.queries.global_search import ObjectHits, global_search
from customobjects.queries.objects import list_objects
from customobjects.queries.preferences import as_liked
from customobjects.queries.search import words_of
from customobjects.queries.search_reasons import reasons_of
from customobjects.services.naming import reference_of
from customobjects.web.reasons import shown_reason
from customobjects.web.search_text import search_text
from customobjects.web.views.base import Page

HITS_ON_PAGE, HITS_IN_PALETTE = 10, 5
MAX_COMMANDS = 8
# What opens the form of a new field over the page of an object's fields.
ADD = "#add"


@dataclass(frozen=True)
class Command:
    """Something that the palette does: it leads to ``address``."""

    label: str
    icon: str
    address: str


class SearchPage(Page):
    """What a search finds in all objects, the objects with the best hits first."""

    def text(self) -> str:
        return search_text(self.request.GET, "q").strip()

    def hits(self, text: str, limit: int) -> tuple[list[ObjectHits], bool]:
        """The hits by object, and whether some were left out; none where there is no word to search for."""
        return global_search(self.actor, text, limit=limit) if words_of(text) else ([], False)

    def shown(self, found: list[ObjectHits], text: str) -> list[dict[str, Any]]:
        """The hits for the template, each with its ``reason`` where its name has not all the words. One query."""
        reasons = {id_: shown_reason(reason, text) for id_, reason in reasons_of(self.actor, found, text).items()}
        return [
            {
                "schema": group.schema,
                "has_more": group.has_more,
                "hits": [{"id": hit.id, "name": hit.name, "reason": reasons.get(hit.id)} for hit in group.hits],
            }
            for group in found
        ]

    def get(self, request: HttpRequest) -> HttpResponse:
        text = self.text()
        found, is_truncated = self.hits(text, HITS_ON_PAGE)
        context = {"text": text, "found": self.shown(found, text), "is_truncated": is_truncated}
        return render(request, "web/search_page.html", context)


class Palette(SearchPage):
    """What the palette offers for what is typed: commands, and records; a fragment of a page."""

    def get(self, request: HttpRequest) -> HttpResponse:
        text = self.text()
        found, _is_truncated = self.hits(text, HITS_IN_PALETTE)
        words = text.casefold().split()
        offered = self._commands(self._at())
        commands = [one for one in offered if all(word in one.label.casefold() for word in words)]
        context = {"text": text, "found": self.shown(found, text), "commands": commands[:MAX_COMMANDS]}
        return render(request, "components/palette_results.html", context)

    def _at(self) -> tuple[str, str]:
        """The references of the object and the record whose page ``from`` is, or empty ones."""
        try:
            at = resolve(self.request.GET.get("from", "")).kwargs
        except Resolver404:
            at = {}
        return at.get("object_reference", ""), at.get("record_reference", "")

    def _commands(self, at: tuple[str, str]) -> list[Command]:
        """What can be done with the record that one is ``at``, and from anywhere, what is done most often first."""
        can_define = access.can_define(self.actor)
        objects = [
            (row, reference_of(row)) for row in as_liked(self.actor, list_objects(self.actor).filter(is_active=True))
        ]
        going = [Command(f"Go to {row.plural_name}", row.icon, _to("record-list", ref)) for row, ref in objects]
        making = [
            Command(f"New {row.name}", "add", _to("record-new", ref))
            for row, ref in objects
            if access.can_write(self.actor, row)
        ]
        at_object, at_record = at
        here = [
            command
            for row, ref in objects
            if at_record and ref == at_object and access.can_write(self.actor, row)
            for command in (
                Command(f"Edit this {row.name}", "edit", _to("record-edit", ref, at_record)),
                Command(
                    f"Duplicate this {row.name}", "content_copy", f"{_to('record-new', ref)}?like={quote(at_record)}"
                ),
            )
        ]
        defining = [
            command
            for row, ref in objects
            if can_define
            for command in (
                Command(f"Set up {row.plural_name}", "settings", _to("object-setup", ref)),
                Command(f"Add field to {row.plural_name}", "playlist_add", _to("object-setup", ref) + ADD),
            )
        ]
        others = [Command("Home", "home", _to("object-list")), Command("Trash", "delete", _to("trash"))]
        others += [Command("New object", "add_box", _to("object-new"))] if can_define else []
        if access.can_administer(self.actor):
            others += [
                Command("Setup", "settings", _to("setup")),
                Command("People", "group", _to("setup-people")),
                Command("Invite people", "person_add", _to("invite")),
                Command("API keys", "key", _to("setup-keys")),
                Command("Audit log", "history", _to("setup-audit")),
            ]
        return [*here, *going, *making, *others, *defining]


def _to(route: str, *args: Any) -> str:
    return reverse(f"web:{route}", args=args)
