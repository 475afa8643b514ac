"""A range of a spreadsheet that is pasted into a list: what it would change, and doing it as one change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html

from customobjects.queries.totals import records_in_words
from customobjects.schema import Schema, SchemaField
from customobjects.services import paste
from customobjects.web.languages import Language
from customobjects.web.sentences import plain_sentences, sentence
from customobjects.web.views.base import INVALID, told_to_script
from customobjects.web.views.records import RecordsPage
from customobjects.web.views.rows import ForScripts
from salesos import errors

# So many rows of a range are shown.
MAX_SHOWN = 200
MAX_PROBLEMS = 20
# So many cells are changed without a question.
MAX_UNASKED = 50
SKIP, UNASKED = "skip_refused", "unasked"


class PasteRange(ForScripts, RecordsPage):
    """Pastes the ``text`` of a range over the records with ``ids`` and the fields in ``columns``, from the first on.

    Where anything is refused, nothing is done, and the answer is the preview, with status 422.
    """

    def post(self, request: HttpRequest, **named: str) -> HttpResponse:
        given = self.given()
        try:
            done = paste.apply(self.actor, str(self.schema.id), **given, skip_refused=SKIP in request.POST)
        except errors.ValidationError as error:
            if not any(problem.field.startswith("rows.") for problem in error.problems):
                raise
            return self.show(paste.preview(self.actor, str(self.schema.id), **given), INVALID)
        changed = [str(row.record_id) for row in done.rows if row.record_id and row.has_changes]
        made = [str(row.id) for row in done.rows if not row.record_id and row.has_changes]
        return told_to_script(in_words(done), changed=changed, made=made, refused=list(_refused(done)))

    def given(self) -> dict[str, Any]:
        """What the services take of a range. Raises ``ValidationError`` for what is no table."""
        sent, language = self.request.POST, Language.of(self.request)

        def read(field: SchemaField, text: str) -> str:
            return language.read(field.type.form_control(), text)

        return {
            "records": [id_ for id_ in sent.get("ids", "").split(",") if id_],
            "columns": [name for name in sent.get("columns", "").split(",") if name],
            "rows": paste.parse_clipboard(sent.get("text", "")),
            "read": read,
        }

    def show(self, found: paste.Pasted, status: int = 200) -> HttpResponse:
        """What comes of a range, as a form that does it."""
        sent = self.request.POST
        widest = max(found.rows, key=lambda row: len(row.cells), default=None)
        problems = [
            format_html("{}: {}", _name(row, number), sentence(problem))
            for number, row in enumerate(found.rows)
            for problem in problems_of(self.schema, row)
        ]
        rows = [
            {
                "name": _name(row, number),
                "is_new": row.record_id is None,
                "cells": [(cell, problem_of(cell)) for cell in row.cells],
            }
            for number, row in enumerate(found.rows[:MAX_SHOWN])
        ]
        context = {
            "schema": self.schema,
            "rows": rows,
            "more": max(len(found.rows) - MAX_SHOWN, 0),
            "fields": [cell.field for cell in widest.cells] if widest else [],
            "found": found,
            "words": in_words(found, " will be"),
            "sent": [(name, sent.get(name, "")) for name in ("text", "ids", "columns")],
            "problems": problems[:MAX_PROBLEMS],
            "more_problems": max(len(problems) - MAX_PROBLEMS, 0),
        }
        return render(self.request, "web/paste.html", context, status=status)


class PastePreview(PasteRange):
    """What pasting a range would do.

    With ``unasked`` a range that has nothing to ask about is pasted at once: nothing of it is refused, it makes no
    records and changes few cells.
    """

    def post(self, request: HttpRequest, **named: str) -> HttpResponse:
        found = paste.preview(self.actor, str(self.schema.id), **self.given())
        if UNASKED in request.POST and not (found.refused or found.made or found.cells > MAX_UNASKED):
            return super().post(request, **named)
        return self.show(found)


def in_words(pasted: paste.Pasted, be: str = "") -> str:
    """How many cells are changed, and how many records made."""
    parts = [f"{pasted.cells:,} cell{'' if pasted.cells == 1 else 's'}{be} changed"] if pasted.cells else []
    parts += [f"{records_in_words(pasted.made)}{be} made"] if pasted.made else []
    return f"{', '.join(parts)}." if parts else "Nothing changes: all of this is there already."


def problem_of(cell: paste.Cell) -> errors.Problem | None:
    """What is wrong with a cell, said with the field's name as people know it; None where nothing is."""
    problem, label = cell.problem, cell.field.label
    if problem is None:
        return None
    if problem.code == "not_found" and not cell.field.type.multiple:
        return replace(problem, message=f"there is no {label} named ‘{cell.new}’")
    return replace(problem, message=_with_label(cell.field, problem.message))


def problems_of(schema: Schema, row: paste.Row) -> list[errors.Problem]:
    """What is wrong with a row, and with its cells."""
    named = schema.by_name.get(row.reason.partition(" ")[0])
    own = [errors.Problem("", "refused", _with_label(named, row.reason) if named else row.reason)] if row.reason else []
    return [*own, *filter(None, map(problem_of, row.cells))]


def _with_label(field: SchemaField, message: str) -> str:
    rest = message.removeprefix(f"{field.api_name} ")
    return message if rest == message else f"{field.label} {rest}"


def _name(row: paste.Row, number: int) -> str:
    return row.name or f"Row {number + 1}"


def _refused(pasted: paste.Pasted) -> Iterator[dict[str, str]]:
    """Each cell that was left out, for the script that says so at it."""
    for row in pasted.rows:
        for cell in row.cells:
            if row.record_id and (problem := problem_of(cell)):
                reason = plain_sentences([problem])
                yield {"record": str(row.record_id), "field": cell.field.api_name, "reason": reason}
