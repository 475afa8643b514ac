"""The page of the audit log, and its file."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from salesos.accounts.models import AuditEntry, User
from tests.conftest import Api
from tests.web.forms import text

PEOPLE, KEYS, AUDIT = "/setup/people/", "/setup/keys/", "/setup/audit/"


@pytest.fixture
def entries(admin: User, rep: User, api: Api) -> None:
    """An entry of each kind, and one of another time that no code here knows."""
    made = api.make_object("Box")
    details = {
        "targetUserId": str(rep.id),
        "targetUserEmail": rep.email,
        "toUserId": str(admin.id),
        "email": "<b>@acme.example",
        "role": "REP",
        "name": "<i>Sync</i>",
        "objectId": made["id"],
        "objectApiName": "box",
        "count": 3,
        "changes": {"role": ["REP", "ADMIN"], "isActive": [True, False]},
    }
    for kind in [*AuditEntry.Kind.values, "of_another_version"]:
        for given in (details, {}):
            AuditEntry.objects.create(
                organization=admin.organization, user=admin, kind=kind, via="page", ip="10.0.0.1", details=given
            )


@pytest.mark.usefixtures("entries")
def test_the_audit_log_is_in_words_with_links(browser: Client, rep: User, django_assert_num_queries: Any) -> None:
    # 1. The session. 2. The user. 3. The organization. 4. People to choose from. 5. A page of entries. 6. How many.
    # 7. Their objects. 8. Their people. 9. The sidebar's objects.
    with django_assert_num_queries(9):
        page = browser.get(AUDIT)
    shown = text(page) + text(browser.get(page.context["next"].replace("?", f"{AUDIT}?")))
    for words in (
        f'changed the role of <a href="{PEOPLE}{rep.id}/">rep</a> from Representative to Administrator',
        "invited &lt;b&gt;@acme.example as Representative",
        f'handed 3 records of <a href="{PEOPLE}{rep.id}/">rep</a> over to <a',
        'deleted 3 records of <a href="/o/box/">Boxes</a>',
        "&lt;i&gt;Sync&lt;/i&gt;",
    ):
        assert words in shown, words
    assert "<b>@" not in shown
    assert "<i>Sync" not in shown


def test_the_audit_log_is_filtered_and_paged(browser: Client, admin: User, rep: User, stranger: User) -> None:
    AuditEntry.objects.create(organization=stranger.organization, kind="sign_out", via="page")
    noon = timezone.now().replace(year=2026, month=3, day=1, hour=12)
    for minute in range(60):
        AuditEntry.objects.create(
            organization=admin.organization, user=rep, kind="sign_out", via="page", at=noon + timedelta(minutes=minute)
        )
    page = browser.get(f"{AUDIT}?kind=sign_out")
    assert "60 entries" in text(page)
    following = browser.get(AUDIT + page.context["next"])
    assert len(page.context["rows"]), len(following.context["rows"]) == (50, 10)
    assert "Newest" in text(following)
    # A cursor of another list leads to the first page.
    cursor = page.context["next"].partition("cursor=")[2]
    assert len(browser.get(f"{AUDIT}?cursor={cursor}").context["rows"]) == 50
    for query, count in (
        (f"person={rep.id}", 50),
        (f"person={admin.id}", 1),
        ("since=2026-03-02", 1),
        ("until=2026-03-01", 50),
        ("since=2026-03-02&until=2026-03-02", 0),
        ("kind=x&person=y&since=z&cursor=q", 50),
        ("until=9999-12-31&since=0001-01-01", 50),
        ("person=%00&since=%00", 50),
    ):
        answer = browser.get(f"{AUDIT}?{query}")
        assert len(answer.context["rows"]) == count, query


@pytest.mark.usefixtures("entries")
def test_the_audit_log_as_a_file_which_is_noted(browser: Client) -> None:
    answer = browser.post(f"{AUDIT}export/?kind=key_created")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert lines[0] == "Time,What,Who,Through,Address,Details"
    assert len(lines) == 3
    assert AuditEntry.objects.filter(kind="audit_exported", details={"count": 2}).count() == 1
    assert browser.get(f"{AUDIT}export/").status_code == 405
