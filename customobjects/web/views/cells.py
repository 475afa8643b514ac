"""One value of a record, edited where it stands in a table: its control, and the row as it is when it is saved.

The script of the table fetches and sends these; whoever has none edits the record on its own page.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict

from customobjects.schema import SchemaField
from customobjects.services import records as services
from customobjects.web.forms.base import ServiceForm
from customobjects.web.forms.records import RecordForm
from customobjects.web.views.base import INVALID
from customobjects.web.views.records import RecordEdit
from customobjects.web.views.rows import ForScripts, row_of
from salesos import errors, json
from salesos.db import noted_changes

CHANGE_HEADER, VERSION_HEADER = "X-Change-Id", "X-Record-Version"


class CellEdit(ForScripts, RecordEdit):
    """The control of one field of a record, as an HTML fragment, and what is sent with it.

    What is saved is answered with the record's row, the change's id and the record's version. What is refused comes
    back as the control with what was typed and the reason, with status 422; with 409, where somebody else has changed
    the same field meanwhile, and both values are shown.
    """

    template = "web/cell_form.html"

    @cached_property
    def field(self) -> SchemaField:
        """Raises ``NotFound``, also where the server gives the value."""
        field = self.schema.by_name.get(self.kwargs["field_reference"])
        if field is None or not field.type.writable:
            raise errors.NotFound.named("field", self.kwargs["field_reference"])
        return field

    def require(self) -> None:
        super().require()
        if not self.schema.is_active:
            raise errors.PermissionDenied.of(f"{self.schema.plural_name} are archived", code="archived")

    def form(self, data: QueryDict | None = None) -> RecordForm:
        form = self._form(self.schema, data, record=self.record, only={self.field.api_name}, start={})
        # Beside it there may be a form for the whole record.
        form.auto_id = "cell-%s"
        return form

    def context(self) -> dict[str, Any]:
        return {**super().context(), "field": self.field}

    def post(self, request: HttpRequest, **named: str) -> HttpResponse:
        self.require()
        return super().post(request, **named)

    def change(self, form: ServiceForm) -> HttpResponse:
        schema, record = self.schema, self.record
        if values := form.values():
            version = record["version"]
            done = services.change_record(self.actor, str(schema.id), record["id"], values, if_version=version)
            record = json.loads(done.document)
        answer = row_of(self.request, schema, record)
        answer[CHANGE_HEADER] = noted_changes.take() or ""
        answer[VERSION_HEADER] = str(record["version"])
        return answer

    def again(self, form: ServiceForm) -> HttpResponse:
        answer = super().again(form)
        answer.status_code = 409 if form.clashes else INVALID
        return answer

    def vanished(self, request: HttpRequest, error: errors.DomainError) -> HttpResponse:
        raise error
