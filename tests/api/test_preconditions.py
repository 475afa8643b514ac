"""``ETag``, ``If-Match`` and ``If-None-Match``: who has a stale copy is refused, and told what differs."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customobjects.models import Revision
from customobjects.queries import stale
from customobjects.services.revision_purge import REVISIONS
from salesos.accounts.models import ApiKey, User
from salesos.accounts.services import create_api_key
from salesos.db.append_only import purging
from tests.conftest import Answer, Api

MALFORMED = ("", ",", "3", '"3', '"3" "4"', "*,", '*, "3"', 'w/"3"', '"a b"', '"3";', "x" * 1_000)
NEVER = ('W/"1"', 'W/"1", W/"2"', '"x"', '"01x"', '"99999999999999999999"', '"-1"', '"7"', '"é"')


@pytest.fixture
def boxes(api: Api) -> Api:
    api.make_object(
        "Box", {"label": "Size", "type": "NUMBER"}, {"label": "Note", "type": "TEXT"}, {"label": "No", "type": "TEXT"}
    )
    return api


def untracked(api: Api) -> None:
    assert api.patch("box", {"enableHistory": False}).status == 200


def send(api: Api, method: str, path: str, tag: str, body: Any = None) -> Answer:
    return api.send(method, path, body, **{"If-Match": tag})


def problems(answer: Answer) -> dict[str, tuple[str, str]]:
    assert answer.status == 412, answer
    answer.problem()
    return {one["field"]: (one["code"], one["message"]) for one in answer.json["errors"]}


@pytest.mark.parametrize("tag", ['"1"', '"1-abc"', '"5", "1"', 'W/"1","1"', ' , "1" ,, ', "*", " * ", '"a,b", "1"'])
def test_a_tag_that_fits(boxes: Api, tag: str) -> None:
    path = f"box/records/{boxes.make_record('box')['id']}"
    assert send(boxes, "PATCH", path, tag, {"data": {"size": 1}}).status == 200
    assert send(boxes, "DELETE", path, tag.replace("1", "2")).status == 204
    assert send(boxes, "DELETE", path, tag).status == 404, "what is not there is not found, whatever is asked"


def test_tags_that_never_fit_and_what_is_no_tag(boxes: Api) -> None:
    record = boxes.make_record("box")
    path = f"box/records/{record['id']}"
    assert boxes.get("box").headers["ETag"].startswith('"1-')
    for where, body in ((path, {"data": {"size": 2}}), ("box", {"name": "Crate"}), ("box/fields/size", {"label": "x"})):
        for tag in NEVER:
            for method in ("PATCH", "DELETE"):
                answer = send(boxes, method, where, tag, body if method == "PATCH" else None)
                assert (answer.status, answer.problem()) == (412, "stale"), (where, tag)
                assert answer.headers["ETag"] == '"1"'
        for tag in MALFORMED:
            for method in ("PATCH", "DELETE"):
                answer = send(boxes, method, where, tag, body if method == "PATCH" else None)
                assert (answer.status, answer.problem()) == (400, "invalid"), (where, tag)
    for nowhere in ("box/records/x", "nothing", "box/fields/nothing"):
        assert send(boxes, "PATCH", nowhere, '"3', {}).status == 404
    assert boxes.get(path).json == record


def test_who_changed_what_since(boxes: Api, rep: User) -> None:
    record = boxes.make_record("box", size=1, note="a")
    path = f"box/records/{record['id']}"
    boxes.patch(path, {"data": {"note": "b"}})
    Api(rep).patch(path, {"data": {"size": 2, "note": "c"}})
    boxes.patch(path, {"data": {"size": 3}, "ownerId": str(rep.id)})
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = send(boxes, "PATCH", path, '"2", "1"', {"data": {"no": "x"}})
    # 1. Who is asking, the object, and the record.
    # 2. What its history says has changed.
    # 3. The names of those who changed it.
    # 4. Refused, what the path names is looked for: the object.
    # 5. And the record.
    assert len([one for one in queries if not one["sql"].startswith(("BEGIN", "SAVEPOINT", "RELEASE"))]) == 5
    assert answer.headers["ETag"] == '"4"'
    found = problems(answer)
    assert list(found) == ["", "data.size", "data.note", "ownerId"]
    assert found[""] == ("stale", "the record is at version 4, not 1, 2: read it again")
    assert found["data.note"][0] == "changed"
    assert found["data.note"][1].startswith(f"note was changed by {rep} at 20")
    me = boxes.user
    assert found["data.size"][1].startswith(f"size was changed by {me} at 20")
    assert found["ownerId"][1].startswith(f"ownerId was changed by {me} at 20")
    assert set(problems(send(boxes, "PATCH", path, '"3"', {"data": {"no": "x"}}))) == {"", "data.size", "ownerId"}
    assert set(problems(send(boxes, "DELETE", path, '"3"'))) == {"", "data.size", "ownerId"}
    reverted = boxes.send("POST", f"{path}/revert", {"version": 1}, **{"If-Match": '"3"'})
    assert set(problems(reverted)) == {"", "data.size", "ownerId"}


def test_a_field_that_is_hidden_is_not_named(boxes: Api) -> None:
    path = f"box/records/{boxes.make_record('box')['id']}"
    boxes.patch(path, {"data": {"size": 2, "note": "c"}})
    boxes.patch("box/fields/note", {"isActive": False})
    assert set(problems(send(boxes, "PATCH", path, '"1"', {"data": {"no": "x"}}))) == {"", "data.size"}


def test_without_a_history_what_is_sent_is_compared(boxes: Api, rep: User) -> None:
    untracked(boxes)
    path = f"box/records/{boxes.make_record('box', size=1, note='a')['id']}"
    Api(rep).patch(path, {"data": {"size": 2, "note": "b"}})
    body = {"data": {"size": 2.0, "note": "c", "no": None, "name": 7}, "ownerId": str(rep.id)}
    found = problems(send(boxes, "PATCH", path, '"1"', body))
    assert found == {
        "": ("stale", "the record is at version 2, not 1: read it again"),
        "data.name": ("differs", "name is not what you send"),
        "data.note": ("differs", "note is not what you send"),
        "ownerId": ("differs", "ownerId is not what you send"),
    }
    assert set(problems(send(boxes, "DELETE", path, '"1"'))) == {""}


def test_a_history_with_gaps_does_not_tell(boxes: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    path = f"box/records/{boxes.make_record('box')['id']}"
    for size in range(3):
        boxes.patch(path, {"data": {"size": size}})
    body = {"data": {"note": "x"}}
    assert set(problems(send(boxes, "PATCH", path, '"1"', body))) == {"", "data.size"}
    with purging(REVISIONS):
        Revision.objects.filter(version=2).delete()
    assert problems(send(boxes, "PATCH", path, '"1"', body)).keys() == {"", "data.note"}
    assert problems(send(boxes, "PATCH", path, '"2"', body)).keys() == {"", "data.size"}
    assert problems(send(boxes, "PATCH", path, '"9"', body)).keys() == {"", "data.note"}, "it is none that there was"
    monkeypatch.setattr(stale, "MAX_VERSIONS", 1)
    assert problems(send(boxes, "PATCH", path, '"2"', body)).keys() == {"", "data.note"}


def test_who_may_not_read_learns_no_version(boxes: Api, admin: User) -> None:
    _key, secret = create_api_key(admin, "k", [ApiKey.Scope.WRITE, ApiKey.Scope.DELETE])
    writer = Api(**{"x-api-key": secret})
    path = f"box/records/{boxes.make_record('box')['id']}"
    for tag in ('"1"', '"2"', 'W/"1"'):
        for method in ("PATCH", "DELETE"):
            answer = send(writer, method, path, tag, {"data": {"size": 1}} if method == "PATCH" else None)
            assert (answer.status, answer.problem()) == (403, "scope")
            assert "ETag" not in answer.headers
    assert send(writer, "PATCH", path, "*", {"data": {"size": 1}}).status == 200


def test_objects_and_fields(boxes: Api) -> None:
    first = boxes.get("box").headers["ETag"]
    field = boxes.get("box/fields/size")
    assert field.json == boxes.get("box").json["fields"][1]
    assert boxes.get(f"box/fields/{field.json['id']}").json == field.json
    assert field.headers["ETag"].startswith('"1-')
    assert boxes.get("box/fields/nothing").status == 404
    renamed = send(boxes, "PATCH", "box/fields/size", first, {"label": "Width"})
    assert renamed.status == 200
    assert renamed.headers["ETag"].startswith('"2-')
    change = {
        "label": "Length",
        "helpText": "",
        "isIndexed": True,
        "options": {"min": 3, "max": None},
        "type": "NUMBER",
    }
    found = problems(send(boxes, "PATCH", "box/fields/size", field.headers["ETag"], change))
    assert found == {
        "": ("stale", "the object is at version 2, not 1: read it again"),
        "label": ("differs", "label is not what you send"),
        "options.min": ("differs", "min is not what you send"),
    }
    change = {
        "name": "Crate",
        "pluralName": "Boxes",
        "isActive": True,
        "primaryField": "no",
        "uniqueKeys": [{"fields": ["size", "no"]}],
    }
    stale_one = send(boxes, "PATCH", "box", first, change)
    assert set(problems(stale_one)) == {"", "name", "primaryField", "uniqueKeys"}
    assert stale_one.headers["ETag"] == '"2"'
    for method, path, body in (
        ("DELETE", "box", None),
        ("DELETE", "box/fields/note", None),
        ("POST", "box/fields", {"label": "Late", "type": "TEXT"}),
        ("PUT", "box/fields/order", {"fields": ["no", "note", "size", "name"]}),
    ):
        assert set(problems(send(boxes, method, path, first, body))) == {""}, path
    added = send(boxes, "POST", "box/fields", renamed.headers["ETag"], {"label": "Late", "type": "TEXT"})
    assert (added.status, added.headers["ETag"][:3]) == (201, '"3-')
    assert boxes.get("box/fields/late").headers["ETag"].startswith('"3-')
    order = {"fields": ["no", "note", "size", "late", "name"]}
    assert send(boxes, "PUT", "box/fields/order", '"3"', order).status == 200
    changed = send(boxes, "PATCH", "box", '"4"', {"name": "Crate"})
    assert changed.headers["ETag"] == boxes.get("box").headers["ETag"]
    assert send(boxes, "DELETE", "box/fields/note", changed.headers["ETag"]).status == 204
    assert send(boxes, "DELETE", "box", '"6"').status == 204


def test_what_is_to_be_made_has_no_version(api: Api) -> None:
    made = api.send("POST", "/v1/custom-objects", {"name": "Box"}, **{"If-Match": "*"})
    assert (made.status, made.headers["ETag"]) == (201, api.get("box").headers["ETag"])
    for path, body in (("/v1/custom-objects", {"name": "Two"}), ("box/records", {"data": {"name": "x"}})):
        assert send(api, "POST", path, '"1"', body).problem() == "stale"
        assert send(api, "POST", path, "1", body).status == 400
    assert send(api, "POST", "box/records", "*", {"data": {"name": "x"}}).headers["ETag"].startswith('"1-')


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_who_has_it_already_is_told_so(boxes: Api, method: str) -> None:
    record = boxes.make_record("box")
    for path in (f"box/records/{record['id']}", "box", "box/fields/size", "box/records", "box/fields"):
        tag = boxes.get(path).headers["ETag"]
        assert boxes.send("HEAD", path).headers["ETag"] == tag
        for named in (tag, f"W/{tag}", f'"x", W/{tag}', "*"):
            again = boxes.send(method, path, **{"If-None-Match": named})
            assert (again.status, again.text, again.headers["ETag"]) == (304, "", tag), (path, named)
        for named in ('"x"', 'W/"1"', "nonsense", ""):
            assert boxes.send(method, path, **{"If-None-Match": named}).status == 200
        assert boxes.send(method, path, **{"If-Match": tag}).status == 200
    refused = boxes.send("GET", "box", **{"If-Match": '"7"'})
    assert (refused.status, refused.problem()) == (412, "stale")


def test_what_is_compressed_has_a_tag_that_fits(boxes: Api) -> None:
    record = boxes.make_record("box", note="n" * 200, name="m" * 200)
    boxes.post("box/fields", {"label": "Long", "type": "TEXTAREA"})
    path = f"box/records/{record['id']}"
    boxes.patch(path, {"data": {"long": "l" * 3_000}})
    plain = boxes.get(path).headers["ETag"]

    def get(**headers: str) -> Any:
        return boxes.client.get(
            f"/v1/custom-objects/{path}", headers={**boxes.headers, "accept-encoding": "gzip", **headers}
        )

    squeezed = get()
    assert squeezed.headers["Content-Encoding"] == "gzip"
    tag = squeezed.headers["ETag"]
    assert tag == f'{plain[:-1]}-gzip"'
    again = get(**{"If-None-Match": tag})
    assert (again.status_code, again.headers["ETag"]) == (304, tag)
    assert get(**{"If-None-Match": plain}).status_code == 304
    assert send(boxes, "PATCH", path, tag, {"data": {"size": 1}}).status == 200
    assert send(boxes, "PATCH", path, tag, {"data": {"size": 2}}).status == 412
    assert get(**{"If-None-Match": tag}).status_code == 200
