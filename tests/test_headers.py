"""What answers say of themselves: who may keep them, by what they differ, and what their pages may load."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.conftest import Api
from tests.server import ROOT

STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def varies_by(vary: str) -> set[str]:
    return {name.strip() for name in vary.split(",")}


def test_answers_of_the_api_are_for_who_asked(api: Api) -> None:
    api.make_object("Box")
    record = api.make_record("box")
    for answer in (
        api.get("box/records"),
        api.get(f"box/records/{record['id']}"),
        api.post("box/records", {"data": {"name": "x"}}),
        api.get("box"),
        api.get("stats"),
        api.get("nothing"),
        api.get("/v1/auth/me"),
        Api().get("box"),
    ):
        assert answer.headers["Cache-Control"] == "private, no-cache", answer
        assert varies_by(answer.headers["Vary"]) == {"Accept-Encoding", "Authorization", "Cookie", "X-API-Key"}


def test_who_has_a_list_or_a_record_already_is_told_so(api: Api) -> None:
    api.make_object("Box")
    record = api.make_record("box")
    for path in ("box/records", f"box/records/{record['id']}"):
        first = api.get(path)
        again = api.send("GET", path, **{"if-none-match": first.headers["ETag"]})
        assert (again.status, again.text) == (304, "")
        for name in ("Cache-Control", "Vary", "ETag"):
            assert again.headers[name] == first.headers[name]
        api.patch(f"box/records/{record['id']}", {"data": {"name": f"now {path[-3:]}"}})
        assert api.send("GET", path, **{"if-none-match": first.headers["ETag"]}).status == 200


def test_a_session_is_a_way_to_differ_too(operator: Client) -> None:
    answer = operator.get("/v1/auth/me")
    assert varies_by(answer.headers["Vary"]) == {"Accept-Encoding", "Authorization", "Cookie", "X-API-Key"}


def test_our_pages_load_nothing_but_files_of_ours(operator: Client, api: Api) -> None:
    api.make_object("Box")
    record = api.make_record("box")
    paths = ["/", "/o/box/", f"/o/box/r/{record['id']}/", "/o/box/new/", "/setup/objects/box/", "/none"]
    for path in paths:
        page = operator.get(path)
        assert page.headers["Content-Security-Policy"] == STRICT, path
        assert page.headers["Cache-Control"] == "private, no-cache", path
        assert "Cookie" in varies_by(page.headers["Vary"]), path
    signed_out = Client().get("/sign-in/")
    assert signed_out.headers["Content-Security-Policy"] == STRICT
    refused = Client(enforce_csrf_checks=True).post("/sign-in/", {})
    assert refused.status_code in (401, 403)
    assert refused.headers["Content-Security-Policy"] == STRICT


def test_no_template_of_ours_has_a_style_or_a_script_in_it() -> None:
    templates = [*(ROOT / "templates").rglob("*.html")]
    assert len(templates) > 10
    for template in templates:
        text = template.read_text()
        for found in re.findall(r"<style|\sstyle=|\son\w+=|<script[^>]*>(?=[^<])|javascript:", text):
            raise AssertionError(f"{template}: {found}")


@pytest.mark.parametrize("path", ["/v1/schema/swagger/", "/v1/schema/redoc/"])
def test_pages_of_the_api_s_documentation_have_a_policy_of_their_own(db: None, path: str) -> None:
    policy = Client().get(path).headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "style-src 'self' 'unsafe-inline'" in policy
    assert "default-src 'none'" in policy
    assert "http" not in policy


def test_the_admin_has_a_policy_of_its_own(operator: Client) -> None:
    page = operator.get("/admin/")
    policy = page.headers["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-inline' 'unsafe-eval'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "http" not in policy
    assert "no-store" in page.headers["Cache-Control"]
