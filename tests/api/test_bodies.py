"""How a body arrives, whole or in chunks without a length; and that nothing of it stays."""

from __future__ import annotations

import gc
import tracemalloc
from functools import cache
from io import BytesIO
from typing import Any

import pytest
from django.core.wsgi import get_wsgi_application
from django.test import RequestFactory

from salesos import json
from salesos.accounts.models import User
from salesos.chunks import Application, reading_chunks
from tests.conftest import OBJECTS, Api


@cache
def application() -> Application:
    return reading_chunks(get_wsgi_application())


def send(api: Api, body: bytes, path: str = OBJECTS, **environ: Any) -> tuple[str, bytes]:
    """The status and the body of the answer that the application gives to a WSGI server."""
    request = RequestFactory(headers=api.headers).post(path, content_type="application/json")
    answers: list[str] = []
    given = {**request.environ, "wsgi.input": BytesIO(body), **environ}
    del given["CONTENT_LENGTH"]
    content = b"".join(application()(given, lambda status, _headers: answers.append(status)))
    return answers[0], content


@pytest.mark.django_db(transaction=True)
def test_a_body_in_chunks_is_read(admin: User, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    api = Api(admin)
    status, content = send(api, b'{"name": "Box"}', HTTP_TRANSFER_ENCODING="chunked")
    assert status == "201 Created", content
    assert api.get("box").json["name"] == "Box"
    status, content = send(api, b'{"name": "%s"}' % (b"x" * settings.MAX_BODY_BYTES), HTTP_TRANSFER_ENCODING="chunked")
    assert status.startswith("413"), content
    # Without a length, and not in chunks, there is no body (RFC 9112).
    assert send(api, b'{"name": "Crate"}')[0].startswith("400")


LONG = "x" * 500_000
NOTE = {"name": "x", "note": "x" * 100_000, "code": "A"}
# What is sent, and how it is answered.
SENT: dict[str, tuple[str, Any, str]] = {
    "no JSON": (OBJECTS, LONG, "400"),
    "unknown properties": (OBJECTS, {LONG: 1}, "400"),
    "not signed in": ("/v1/auth/login", {"email": "a@b.example", "password": "wrong", "more": LONG}, "400"),
    "a value that is refused": (f"{OBJECTS}/box/records", {"data": {"name": LONG}}, "400"),
    "a value that is taken": (f"{OBJECTS}/box/records", {"data": NOTE}, "409"),
    "operations that fail": (
        f"{OBJECTS}/box/records/bulk",
        {"atomic": False, "operations": [{"op": "create", "data": {"name": LONG}}, {"op": "delete", "id": LONG}]},
        "200",
    ),
    "upserts that fail": (
        f"{OBJECTS}/box/records/bulk",
        {"atomic": False, "operations": [{"op": "upsert", "by": "code", "data": {"code": 1, "note": LONG}}]},
        "200",
    ),
    "a change of all that fails": (f"{OBJECTS}/box/records/bulk-update", {"filter": {}, "data": {"note": LONG}}, "400"),
    "a filter": (f"{OBJECTS}/box/records/search", {"filter": {"name": LONG}}, "400"),
    "a record": (f"{OBJECTS}/box/records", {"data": {**NOTE, "code": None}}, "201"),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("path", "body", "status"), SENT.values(), ids=SENT)
def test_nothing_of_a_body_stays(admin: User, settings: Any, path: str, body: Any, status: str) -> None:
    """Without waiting for the garbage collector, which comes rarely: nothing that is done refers to itself."""
    settings.ALLOWED_HOSTS = ["testserver"]
    api = Api(admin)
    long_text = {"label": "Note", "type": "TEXTAREA", "options": {"maxLength": 100_000}}
    api.make_object("Box", long_text, {"label": "Code", "type": "TEXT", "isUnique": True})
    api.make_record("box", code="A")
    raw = body.encode() if isinstance(body, str) else json.dumps_bytes(body)

    def sent() -> None:
        answer, content = send(api, raw, path, HTTP_TRANSFER_ENCODING="chunked")
        assert answer.startswith(status), content

    sent()
    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        for _ in range(10):
            sent()
        left, _peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        gc.enable()
    assert left < len(raw), left
