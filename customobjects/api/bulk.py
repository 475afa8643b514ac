"""Writing many records of an object in one request."""

from __future__ import annotations

from typing import Any

import orjson
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request

from customobjects.api.base import ObjectViewSet
from customobjects.api.serializers.bulk import (
    BulkChangeSerializer,
    BulkDeleteSerializer,
    BulkResultSerializer,
    BulkSerializer,
    OutcomeSerializer,
)
from customobjects.queries.requests import RecordRequest
from customobjects.services import bulk as services
from customobjects.services.bulk import Kind, Operation, Outcome
from salesos.accounts.actor import actor_of
from salesos.errors import DomainError
from salesos.rest import exceptions
from salesos.rest.renderers import RenderedResponse
from salesos.rest.serializers import body_of

STATUS_BY_KIND = {Kind.CREATE: 201, Kind.UPDATE: 200, Kind.UPSERT: 200, Kind.DELETE: 204}


class BulkActions(ObjectViewSet):
    """The actions on a list of records that write many of them."""

    @extend_schema("bulkRecords", tags=["Bulk"], request=BulkSerializer, responses=BulkResultSerializer)
    @action(detail=False, methods=["post"])
    def bulk(self, request: Request, object_reference: str) -> RenderedResponse:
        """Create, update, upsert and delete up to 1,000 records.

        Operations are done in their order. With `atomic` (the default) all of them or none; without, each
        answers for itself, in the same order, errors in the one error shape.
        """
        given = body_of(request, BulkSerializer)
        operations: list[Operation] = given["operations"]
        services.run_operations(actor_of(request), object_reference, operations, atomic=given["atomic"])
        failed = sum(operation.error is not None for operation in operations)
        return RenderedResponse(
            {
                "data": [_result_json(place, operation) for place, operation in enumerate(operations)],
                "meta": {"succeeded": len(operations) - failed, "failed": failed},
            }
        )

    @extend_schema("bulkChangeRecords", tags=["Bulk"], request=BulkChangeSerializer, responses=OutcomeSerializer)
    @action(detail=False, methods=["post"], url_path="bulk-update")
    def bulk_update(self, request: Request, object_reference: str) -> RenderedResponse:
        """Change all records that a filter finds.

        All or nothing, at most 10,000. With `dryRun` it is judged and counted, and nothing is changed.
        """
        given = body_of(request, BulkChangeSerializer)
        asked = RecordRequest(tree=given["filter"], search=given["search"])
        actor = actor_of(request)
        done = services.change_all(actor, object_reference, asked, given["data"], dry_run=given["dry_run"])
        return RenderedResponse(_outcome_json(done, dry_run=given["dry_run"]))

    @extend_schema("bulkDeleteRecords", tags=["Bulk"], request=BulkDeleteSerializer, responses=OutcomeSerializer)
    @action(detail=False, methods=["post"], url_path="bulk-delete")
    def bulk_delete(self, request: Request, object_reference: str) -> RenderedResponse:
        """Delete all records that a filter finds.

        All or nothing, at most 10,000. With `dryRun` it is judged and counted, and nothing is deleted.
        """
        given = body_of(request, BulkDeleteSerializer)
        asked = RecordRequest(tree=given["filter"], search=given["search"])
        done = services.delete_all(actor_of(request), object_reference, asked, dry_run=given["dry_run"])
        return RenderedResponse(_outcome_json(done, dry_run=given["dry_run"]))


def _result_json(place: int, operation: Operation) -> dict[str, Any]:
    if operation.error is not None:
        return {"index": place, **_failure_json(operation.error)}
    status = 201 if operation.is_new else STATUS_BY_KIND[operation.kind]
    done: dict[str, Any] = {"index": place, "status": status, "id": operation.id}
    if operation.document:
        done["record"] = orjson.Fragment(operation.document)
    return done


def _outcome_json(done: Outcome, *, dry_run: bool) -> dict[str, Any]:
    failures = [{"id": id_, **_failure_json(error)} for id_, error in done.failures]
    return {"matched": done.matched, "changed": done.changed, "dryRun": dry_run, "failures": failures}


def _failure_json(error: DomainError) -> dict[str, Any]:
    status = int(exceptions.STATUS_OF[type(error)])
    return {"status": status, "error": exceptions.body(status, error.problems)}
