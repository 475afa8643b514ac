"""Safe retries: a request that comes again with its ``Idempotency-Key`` gets the answer that the first one got.

The answer is stored in the transaction of what the request writes. So a server that is killed leaves both or neither,
and whoever got no answer sends the request again.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from django.core.exceptions import RequestDataTooBig
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response
from xxhash import xxh3_128

from salesos.accounts.actor import actor_of
from salesos.accounts.models import ApiKey
from salesos.db.connections import execute
from salesos.db.failures import failure_of
from salesos.db.transactions import write
from salesos.errors import Problem
from salesos.idempotency.keys import HEADER, read_key
from salesos.idempotency.models import KeptAnswer, oldest
from salesos.rest import exceptions
from salesos.rest.parsers import TooLarge
from salesos.rest.renderers import RenderedResponse

# PUT, too, writes, and says by itself that it may be repeated.
METHODS = frozenset({"post", "patch", "delete"})
REPLAYED_HEADER = "Idempotent-Replayed"
# What is no answer to the request itself: it may be another one the next time. Nor are the server's own errors.
NOT_KEPT = frozenset({401, 429})
SERVER_ERRORS = 500
RETRY_AFTER = {"Retry-After": "1"}

_META = "HTTP_IDEMPOTENCY_KEY"

Action = Callable[..., HttpResponse]


class _Asked(NamedTuple):
    """A request with a key: the id of its answer, what tells it from other requests, and who asks with which rights."""

    id: UUID
    fingerprint: bytes
    user_id: UUID
    rights: frozenset[str]


def answered_once(action: Action) -> Action:
    """A ViewSet's method for requests that may be repeated: those with a key are done once."""

    @functools.wraps(action)
    def answer(view: Any, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        # DRF's request looks each attribute up in vain first.
        given = request._request.META.get(_META)
        if given is None:
            return action(view, request, *args, **kwargs)
        return _answer(view, request, _asked(request, read_key(given)), lambda: action(view, request, *args, **kwargs))

    return answer


def _asked(request: Request, key: str) -> _Asked:
    actor = actor_of(request)
    # An API key is somebody of its own: it may not be told what another one was.
    credentials = request.auth.id if isinstance(request.auth, ApiKey) else None
    who = f"{actor.organization_id} {actor.user_id} {credentials} {key}"
    return _Asked(
        UUID(bytes=hashlib.sha256(who.encode()).digest()[:16]),
        _fingerprint(request._request),
        actor.user_id,
        frozenset({actor.role, *actor.scopes}),
    )


def _fingerprint(request: HttpRequest) -> bytes:
    try:
        body = request.body
    except RequestDataTooBig as error:
        raise TooLarge from error
    digest = xxh3_128(f"{request.method} {request.get_full_path()}\n".encode("utf-8", "surrogatepass"))
    digest.update(body)
    return digest.digest()


@write
def _answer(view: Any, request: Request, asked: _Asked, act: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer that is kept, or else the one that ``act`` gives now, within this transaction.

    Where the transaction lost against another one, all of it is done again.
    """
    if not _hold(asked.id):
        message = "the first request with this key is still at work; try again"
        return _refused(409, "in_progress", message, RETRY_AFTER)
    kept = KeptAnswer.objects.filter(id=asked.id).first()
    if kept is not None and not kept.is_over:
        return _again(kept, asked)
    response = _first_answer(view, request, act)
    if response.status_code in NOT_KEPT or response.status_code >= SERVER_ERRORS:
        transaction.set_rollback(True)
        return response
    answer = KeptAnswer(
        id=asked.id,
        user_id=asked.user_id,
        fingerprint=asked.fingerprint,
        rights=" ".join(sorted(asked.rights)),
        status=response.status_code,
        headers=dict(response.items()),
        body=response.content,
    )
    answer.save(force_insert=kept is None)
    return response


def _hold(id_: UUID) -> bool:
    """Whether no other transaction is at the same key; none will be until this one ends.

    In SQLite one transaction writes at a time: a second request has waited for the first, and finds its answer.
    """
    if connection.vendor != "postgresql":
        return True
    number = int.from_bytes(id_.bytes[:8], signed=True)
    [(is_held,)] = execute("SELECT pg_try_advisory_xact_lock(%s::bigint)", [number])
    return bool(is_held)


def _first_answer(view: Any, request: Request, act: Callable[[], HttpResponse]) -> HttpResponse:
    """What ``act`` answers, ready to be sent. A refusal undoes what it wrote, and is an answer as well.

    Raises what the database raises where it did not do its work.
    """
    try:
        with transaction.atomic():
            response = act()
    except Exception as error:
        if failure_of(error) is not None:
            raise
        response = view.handle_exception(error)
    response = view.finalize_response(request, response)
    return response.render() if isinstance(response, Response) else response


def _again(kept: KeptAnswer, asked: _Asked) -> HttpResponse:
    """The answer that is kept, byte for byte, or why it is not given."""
    if bytes(kept.fingerprint) != asked.fingerprint:
        message = "another request was sent with this key; a new one needs a key of its own"
        return _refused(422, "key_reused", message)
    if not set(kept.rights.split()) <= asked.rights:
        message = "this was answered already, to who had more rights than you have now"
        return _refused(403, "rights_changed", message)
    response = HttpResponse(bytes(kept.body), status=kept.status, headers=kept.headers)
    if "Content-Type" not in kept.headers:
        del response["Content-Type"]
    response[REPLAYED_HEADER] = "true"
    return response


def _refused(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """What is said of the key itself, and not kept."""
    return RenderedResponse(exceptions.body(status, [Problem(HEADER, code, message)]), status=status, headers=headers)


def forget_old(batch: int) -> Iterator[int]:
    """Remove the answers that are too old to be given again, in batches. Yields how many each of them had."""
    old = KeptAnswer.objects.filter(created_at__lt=oldest()).order_by("created_at")
    while ids := list(old.values_list("id", flat=True)[:batch]):
        yield KeptAnswer.objects.filter(id__in=ids).delete()[0]
