"""Pages of what was done to a record, of the record as it was, and of going back to that."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString

from customobjects import access
from customobjects.models import Record, Revision, RevisionKind
from customobjects.queries import records as queries
from customobjects.queries.history import OWNER_ID, PastRecord, changes_back, past_of, shown_changes, with_revisions
from customobjects.queries.people import SERVER, SOMEBODY
from customobjects.services.history import revert_record
from customobjects.services.naming import reference_of
from customobjects.web.cells import cells
from customobjects.web.revisions import KINDS, THROUGH, changed_cells, held_in, people_in
from customobjects.web.sentences import sentence
from customobjects.web.views.base import INVALID, whole_number
from customobjects.web.views.records import RecordsPage
from customobjects.web.words import record_in_words
from salesos import errors
from salesos.accounts.actor import Via

PAGE_SIZE = 25
DELETED = "It is in the trash: restore it, and then go back."


class PastPage(RecordsPage):
    """A page about what a record was, which may be in the trash."""

    @cached_property
    def found(self) -> Record:
        return with_revisions(self.actor, self.schema, self.kwargs["record_reference"])[0]

    @property
    def version(self) -> int:
        return int(self.kwargs["version"])

    @property
    def may_revert(self) -> bool:
        """Whether there are buttons to go back."""
        return self.found.deleted_at is None and self.schema.is_active and access.can_write(self.actor, self.schema)

    def shared(self) -> dict[str, Any]:
        """What the templates of all of these pages need."""
        record = self.found
        return {
            "schema": self.schema,
            "record": record,
            "name": record.name or f"{self.schema.name} without a name",
            "is_deleted": record.deleted_at is not None,
        }


class RecordHistory(PastPage):
    """What was done to a record, the newest first; at the end of the last page, who made it."""

    def get(self, request: HttpRequest, **named: str) -> HttpResponse:
        schema = self.schema
        record, revisions = with_revisions(self.actor, schema, self.kwargs["record_reference"])
        self.found = record
        number = self.page_number()
        start = (number - 1) * PAGE_SIZE
        # One more than is shown tells whether there is a next page.
        read = list(revisions[start : start + PAGE_SIZE + 1])
        shown, has_next = read[:PAGE_SIZE], len(read) > PAGE_SIZE
        changes = [shown_changes(schema, revision.changes) for revision in shown]
        names = queries.names_of_references(self.actor, schema, held_in(schema, changes))
        people = {str(revision.by_id) for revision in shown if revision.by_id} | people_in(changes)
        if record.created_by_id:
            people.add(str(record.created_by_id))
        names |= queries.names_of_users(self.actor, people)
        # Each version but the first has a revision, where all are kept.
        first_left = record.version - start - len(shown)
        context = {
            **self.shared(),
            "entries": list(self._entries(shown, changes, names, start)),
            "is_past_end": number > 1 and not shown,
            "is_last": not has_next,
            "is_all_kept": first_left == 1,
            "is_first_now": record.version == 1,
            "creator": names.get(str(record.created_by_id), SERVER),
            "created_at": record.created_at.isoformat(),
            "may_revert": self.may_revert,
            "previous": number - 1 if number > 1 else 0,
            "next": number + 1 if has_next else 0,
        }
        return render(request, "web/record_history.html", context)

    def _entries(
        self, revisions: list[Revision], changes: list[dict[str, Any]], names: dict[str, str], start: int
    ) -> Iterator[dict[str, Any]]:
        expected = self.found.version - start
        newer = self.found.version + 1 if start == 0 else None
        for revision, changed in zip(revisions, changes, strict=True):
            version = revision.version
            yield {
                "version": version,
                "what": KINDS[RevisionKind(revision.kind)],
                "is_update": revision.kind == RevisionKind.UPDATE,
                "at": revision.at.isoformat(),
                "by": names.get(str(revision.by_id), SERVER if revision.by_id is None else SOMEBODY),
                "through": THROUGH[Via(revision.via)],
                "cells": changed_cells(self.schema, changed, names),
                "is_now": version == self.found.version,
                # The record as it was is made of all that came later: nothing of that may be missing.
                "is_known": version == expected and revision.kind != RevisionKind.DELETE,
                "has_gap": newer is not None and version != newer - 1,
            }
            newer, expected = version, expected - 1


class RecordVersion(PastPage):
    """A record as it was at a version, to be read; or, in words, why that is not known."""

    def get(self, request: HttpRequest, **named: str) -> HttpResponse:
        record = self.found
        try:
            past = past_of(self.schema, record, str(self.version))
        except errors.NotFound as error:
            context = {**self.shared(), "version": self.version, "problems": [sentence(error.problems[0])]}
            return render(request, "web/record_version.html", context, status=HTTPStatus.NOT_FOUND)
        return render(request, "web/record_version.html", {**self.shared(), **self._past(past)})

    def _past(self, past: PastRecord) -> dict[str, Any]:
        schema = self.schema
        document = past.document(schema, schema.fields)
        names = queries.names_of_references(self.actor, schema, [document["data"]])
        ids = {str(id_) for id_ in (past.owner_id, past.updated_by_id) if id_}
        people = queries.names_of_users(self.actor, ids)
        is_now = past.version == self.found.version
        return {
            "version": past.version,
            "past_name": document["name"],
            "cells": cells(schema.fields, document["data"], names),
            "owner": people.get(str(past.owner_id), ""),
            "since": past.updated_at.isoformat(),
            "by": people.get(str(past.updated_by_id), SERVER),
            "is_now": is_now,
            "may_revert": self.may_revert and not is_now,
        }


class RecordRevert(PastPage):
    """Says what going back to a version changes, and goes back."""

    def get(self, request: HttpRequest, **named: str) -> HttpResponse:
        access.require_write(self.actor, self.schema)
        return self._ask([])

    def post(self, request: HttpRequest, **named: str) -> HttpResponse:
        access.require_write(self.actor, self.schema)
        record, shown = self.found, whole_number(request.POST.get("shown", ""))
        try:
            past = past_of(self.schema, record, str(self.version))
            # What the page has said is what is done: where the owner must stay, the fields alone go back.
            names = None if self._gives_owner(past) else list(self.schema.by_name)
            written = revert_record(
                self.actor,
                str(self.schema.id),
                str(record.id),
                str(self.version),
                names=names,
                if_version=shown or 0,
            )
        except errors.PreconditionFailed:
            del self.found
            return self._ask([self._meanwhile()])
        except errors.DomainError as error:
            del self.found
            return self._ask([self._sentence(problem) for problem in error.problems])
        name = record_in_words(self.schema.name, written.name)
        # Without a change there is no new version.
        done = f"{name} is as it was at version {self.version}." if written.version != record.version else ""
        return self.done(done or "Nothing was changed.", "web:record", reference_of(self.schema), record.id)

    def _ask(self, problems: list[SafeString | str]) -> HttpResponse:
        """The page that asks, with what stands in the way."""
        status = INVALID if problems else HTTPStatus.OK
        context = {**self.shared(), "version": self.version, "problems": problems}
        if self.found.deleted_at is not None:
            context["problems"] = [DELETED]
            return render(self.request, "web/record_revert.html", context, status=INVALID)
        try:
            past = past_of(self.schema, self.found, str(self.version))
        except errors.NotFound as error:
            context["problems"] = [sentence(error.problems[0])]
            return render(self.request, "web/record_revert.html", context, status=HTTPStatus.NOT_FOUND)
        return render(self.request, "web/record_revert.html", {**context, **self._changes(past)}, status=status)

    def _changes(self, past: PastRecord) -> dict[str, Any]:
        schema, record = self.schema, self.found
        changes = changes_back(schema, record.data, past)
        keeps_owner = not self._gives_owner(past)
        if past.owner_id != record.owner_id and not keeps_owner:
            owners = (record.owner_id, past.owner_id)
            changes[OWNER_ID] = dict(zip(("old", "new"), (id_ and str(id_) for id_ in owners), strict=True))
        names = queries.names_of_references(self.actor, schema, held_in(schema, [changes]))
        names |= queries.names_of_users(self.actor, people_in([changes]))
        return {
            "changes": changed_cells(schema, changes, names),
            "keeps_owner": keeps_owner,
            "may_revert": self.may_revert and bool(changes),
            "is_asking": True,
        }

    def _gives_owner(self, past: PastRecord) -> bool:
        """Whether the owner goes back as well, or is the same."""
        owner_id = self.found.owner_id
        return past.owner_id == owner_id or access.can_give(self.actor, self.schema, owner_id)

    def _meanwhile(self) -> str:
        person = str(self.found.updated_by_id or "")
        who = queries.names_of_users(self.actor, [person] if person else []).get(person, "Somebody")
        return f"{who} changed it meanwhile, and nothing is done yet. Below is what would change now."

    def _sentence(self, problem: errors.Problem) -> SafeString:
        """A problem that begins with the field's label, not with its name for programs."""
        name = problem.field.removeprefix("data.")
        field = self.schema.by_name.get(name)
        label = "Owner" if name == OWNER_ID else field.label if field else ""
        if label and problem.message.startswith(f"{name} "):
            return sentence(problem, f"{label}{problem.message.removeprefix(name)}")
        return sentence(problem)
