"""The first page: what was changed last in all objects, what one owns, and what one has to do."""

from __future__ import annotations

from typing import Any

from django.test import Client

from salesos.accounts.models import User
from tests.conftest import Api
from tests.web.forms import text


def test_home_shows_what_was_changed_owned_and_is_to_be_done(
    browser: Client, admin: User, api: Api, django_assert_num_queries: Any
) -> None:
    for number in range(3):
        name = api.make_object(f"Site {number}")["apiName"]
        for one in range(12):
            record = api.make_record(name, name=f"Place {number}.{one}")
    task = {"kind": "task", "title": "Later", "due": "12/31/2040", "assignee": str(admin.pk)}
    made = browser.post(f"/o/{name}/r/{record['id']}/activities/new/", task)
    assert made.status_code == 302, text(made)
    # 1. The session.
    # 2. Its user.
    # 3. The objects, with how many fields and records each has.
    # 4. When the objects' records were changed.
    # 5. The records that were changed last.
    # 6. Those that the user owns.
    # 7. Who changed them.
    # 8. What the user is to do.
    # 9. Who is mentioned there.
    # 10. The sidebar's objects.
    # 11. The user's organization.
    with django_assert_num_queries(11):
        page = text(browser.get("/"))
    recent = page.partition("Recently changed")[2].partition("</section>")[0]
    # The newest ten, over all objects, the newest first.
    assert recent.index("Place 2.11") < recent.index("Place 2.2")
    assert "Place 2.1<" not in recent
    assert "Place 1." not in recent
    assert "Mine" in page
    assert "Later" in page.partition("My tasks")[2].partition("</section>")[0]
