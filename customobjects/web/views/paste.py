"""A range of a spreadsheet that is pasted into a list: what it would change, and doing it as one change."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from customobjects.schema import SchemaField
from customobjects.services import paste
from customobjects.web.languages import Language
from customobjects.web.sentences import sentence
from customobjects.web.views.base import INVALID, told_to_script
from customobjects.web.views.records import RecordsPage
from customobjects.web.views.rows import ForScripts
from salesos import errors

# So many rows of a range are shown.
MAX_SHOWN = 200
SKIP = "skip_refused"


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
        return told_to_script(in_words(done), changed=changed, made=made)

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
        refused = [cell.problem for row in found.rows for cell in row.cells if cell.problem]
        context = {
            "schema": self.schema,
            "rows": found.rows[:MAX_SHOWN],
            "more": max(len(found.rows) - MAX_SHOWN, 0),
            "fields": [cell.field for cell in widest.cells] if widest else [],
            "found": found,
            "words": in_words(found, "will be "),
            "sent": [(name, sent.get(name, "")) for name in ("text", "ids", "columns")],
            "problems": dict.fromkeys(map(sentence, refused)),
        }
        return render(self.request, "web/paste.html", context, status=status)


class PastePreview(PasteRange):
    """What pasting a range would do."""

    def post(self, request: HttpRequest, **named: str) -> HttpResponse:
        return self.show(paste.preview(self.actor, str(self.schema.id), **self.given()))


def in_words(pasted: paste.Pasted, be: str = "") -> str:
    """How many records are changed and made."""
    parts = [f"{pasted.changed:,} {be}changed"] if pasted.changed else []
    parts += [f"{pasted.made:,} {be}made"] if pasted.made else []
    return f"{', '.join(parts)}." if parts else "Nothing changes: all of this is there already."
