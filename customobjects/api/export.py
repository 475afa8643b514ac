"""Records of an object as a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request

from customobjects.api.base import ObjectViewSet
from customobjects.api.parameters import (
    MAX_NAMES_CHARACTERS,
    MAX_SEARCH_CHARACTERS,
    Choice,
    NameList,
    Names,
    Word,
    record_request,
    split_parameters,
)
from customobjects.queries.export import ExportRequest, Header, References
from customobjects.queries.picked import MAX_PICKED
from customobjects.schema import Schema
from customobjects.services.exporting import export, file_name
from customobjects.services.naming import MAX_LENGTH as API_NAME_LENGTH
from salesos.accounts.actor import Actor
from salesos.rest.serializers import JSONObject, StrictSerializer, Text, Texts, body_of

FORMATS = ["csv"]
MAX_ID_CHARACTERS = 36
CSV = {(200, "text/csv"): OpenApiTypes.STR}
COLUMNS_HELP = "Fields by their apiNames, and `id`, `ownerId`, `createdAt`, `createdBy`, `updatedAt`, `updatedBy`."
LOOKUPS_HELP = (
    "What stands for records and users: their names, a unique value of the record (of a user the e-mail), or their ids."
)


class ExportQuerySerializer(StrictSerializer):
    """The parameters of an export, beside its filters."""

    format = Choice(choices=FORMATS)
    search = Word(max_length=MAX_SEARCH_CHARACTERS, default="")
    sort = Word(max_length=MAX_NAMES_CHARACTERS, default="", help_text="As of a list: `-cost,name`")
    sort_by = Word(max_length=API_NAME_LENGTH, default="")
    sort_order = Choice(choices=["asc", "desc"])
    columns = NameList(required=False, help_text=COLUMNS_HELP)
    ids = NameList(required=False, help_text="Only these records; more of them than an address holds go in a body.")
    header = Choice(choices=[header.value for header in Header], help_text="What the first line calls columns.")
    lookups = Choice(choices=[references.value for references in References], help_text=LOOKUPS_HELP)


class RecordExportSerializer(StrictSerializer):
    """An export that is asked for in a body: filters as a tree of conditions, and records that were picked."""

    format = Choice(choices=FORMATS)
    filter = JSONObject(required=False, help_text='`{"or": [{"status": "active"}, {"cost__gte": 500}]}`')
    search = Text(max_length=MAX_SEARCH_CHARACTERS, required=False, allow_blank=True, default="")
    sort = Names(required=False, help_text='`["-cost", "name"]`, or the same as one text')
    columns = Names(required=False, help_text=COLUMNS_HELP)
    ids = Texts(
        required=False,
        most_characters=MAX_ID_CHARACTERS,
        max_length=MAX_PICKED,
        help_text="Only these records.",
    )
    header = Choice(choices=[header.value for header in Header])
    lookups = Choice(choices=[references.value for references in References], help_text=LOOKUPS_HELP)


class ExportActions(ObjectViewSet):
    """The actions that give records as a file."""

    @extend_schema("exportRecords", tags=["Export"], parameters=[ExportQuerySerializer], responses=CSV)
    @action(detail=False, takes_idempotency_key=False)
    def export(self, request: Request, object_reference: str) -> StreamingHttpResponse:
        """Export records as a CSV file.

        All that the filters and the search find, as a list has them, or those of them that `ids` names. Every
        parameter beside these is a filter. A cell that a spreadsheet program would take for a formula has an apostrophe
        before it.
        """
        given, filters = split_parameters(request, ExportQuerySerializer)
        return self._exported(request, given, filters=filters)

    @extend_schema("exportRecordsByTree", tags=["Export"], request=RecordExportSerializer, responses=CSV)
    @export.mapping.post
    def export_by_tree(self, request: Request, object_reference: str) -> StreamingHttpResponse:
        """Export as a CSV file the records that a tree of conditions finds, or up to 10,000 that were picked."""
        given = body_of(request, RecordExportSerializer)
        return self._exported(request, given, tree=given.get("filter"))

    def _exported(self, request: Request, given: Mapping[str, Any], **more: Any) -> StreamingHttpResponse:
        asked = ExportRequest(
            record_request(given, **more),
            columns=given.get("columns"),
            ids=tuple(given["ids"]) if "ids" in given else None,
            header=Header(given.get("header") or Header.LABEL),
            references=References(given.get("lookups") or References.NAME),
        )
        return csv_response(self.actor, self.object_schema(), asked, has_body=request.method != "HEAD")


def csv_response(actor: Actor, schema: Schema, asked: ExportRequest, *, has_body: bool = True) -> StreamingHttpResponse:
    """The answer that is a CSV file. Without a body, nothing leaves, and nothing is read and noted."""
    parts = export(actor, schema, asked).parts if has_body else iter(())
    disposition = content_disposition_header(as_attachment=True, filename=file_name(schema)) or "attachment"
    return StreamingHttpResponse(
        parts, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": disposition}
    )
