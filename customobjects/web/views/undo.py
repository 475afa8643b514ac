"""Taking back what one request did."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse

from customobjects.queries.objects import get_schema
from customobjects.queries.records import get_record
from customobjects.queries.totals import records_in_words
from customobjects.services.undo import Undone, undo_change
from customobjects.web.sentences import plain_sentences, sentence
from customobjects.web.views.base import INVALID, Page, change_tag, told_to_script
from salesos import errors

# What a form says beside the change.
ONLY_UNTOUCHED, AGAIN = "only_untouched", "again"
START = "/"


class Undo(Page):
    """Takes a change back, by the button of a toast, and leads back to where the person was.

    Where something has changed since, the page says what, and offers to take back what nothing has touched. Scripts
    ask for JSON: ``{"text", "change"}``, or ``{"text"}`` with 409.
    """

    def post(self, request: HttpRequest, change_reference: str) -> HttpResponse:
        try:
            undone = undo_change(self.actor, change_reference, only_untouched=ONLY_UNTOUCHED in request.POST)
        except errors.Conflict as error:
            return self._refused(request, error)
        if request.accepts("text/html"):
            messages.success(request, self._told(undone), extra_tags=change_tag())
            return redirect(self._next())
        return told_to_script(self._told(undone))

    def _refused(self, request: HttpRequest, error: errors.Conflict) -> HttpResponse:
        if not request.accepts("text/html"):
            return JsonResponse({"text": plain_sentences(error.problems)}, status=409)
        context = {"problems": map(sentence, error.problems), "next": self._next(), "field": ONLY_UNTOUCHED}
        return render(request, "web/undo_refused.html", context, status=INVALID)

    def _next(self) -> str:
        """Where the person was, or what is above it, where that is gone; the start, where it is no address of ours."""
        address = self.address_back(START)
        try:
            named = resolve(urlsplit(address).path).kwargs
        except Resolver404:
            return START
        if "object_reference" not in named:
            return address
        try:
            schema = get_schema(self.actor, named["object_reference"])
        except errors.NotFound:
            return START
        try:
            if "record_reference" in named:
                get_record(self.actor, schema, named["record_reference"])
        except errors.NotFound:
            return reverse("web:record-list", args=[named["object_reference"]])
        return address

    def _told(self, undone: Undone) -> str:
        """What was done. Where an undoing was taken back, it was done again."""
        word = "Done again" if AGAIN in self.request.POST else "Undone"
        taken = undone.deleted + undone.restored + undone.changed
        text = f"{word}: {records_in_words(taken)}." if taken > 1 else f"{word}."
        return f"{text} {records_in_words(undone.left)} changed since, and stayed so." if undone.left else text
