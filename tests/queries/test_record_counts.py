"""How many records each object has, about, at no more cost than a page of them."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from customobjects.models import CustomObject, Record
from customobjects.queries import record_counts
from customobjects.queries.record_counts import MAX_COUNTED
from customobjects.queries.totals import Total, number_in_words, total_in_words
from salesos.accounts.actor import Actor
from tests.conftest import Api
from tests.web.forms import text

MANY = {"Large": 3_000, "Largest": 7_000}


def fill(api: Api, counts: dict[str, int]) -> None:
    for name, count in counts.items():
        custom_object = CustomObject.objects.get(id=api.make_object(name)["id"])
        rows = [
            Record(
                id=uuid.uuid4(),
                organization_id=custom_object.organization_id,
                custom_object=custom_object,
                schema_version=1,
            )
            for _ in range(count)
        ]
        Record.objects.bulk_create(rows, batch_size=500)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE customobjects_record")


@pytest.fixture
def home(api: Api) -> Client:
    browser = Client()
    browser.force_login(api.user)
    record_counts._counts.clear()
    return browser


def shown(home: Client) -> dict[str, str]:
    """What Home says of each object's records."""
    return {row["object"].name: row["records"] for row in home.get("/").context["objects"]}


def test_few_are_counted_and_many_are_told_about(api: Api, home: Client, django_assert_num_queries: Any) -> None:
    fill(api, {**MANY, "Few": 2, "None": 0, "Full": MAX_COUNTED})
    gone = Record.objects.filter(custom_object__name="Few").first()
    assert gone is not None
    api.delete(f"few/records/{gone.id}")
    # 1. The session.
    # 2. Its user.
    # 3. The objects.
    # 4. Their fields and records, counted, up to a thousand of each.
    # 5. What the planner expects of the large ones; on SQLite they are counted, once a minute.
    # 6. What the user chose for Home.
    # 7. Which of the first steps are done.
    # 8. The sidebar's objects.
    # 9. The user's organization.
    # 10. to 13. What was changed last, what is owned, one's tasks, and who changed it.
    with django_assert_num_queries(13):
        said = shown(home)
    assert {name: said[name] for name in ("Few", "None", "Full")} == {
        "Few": "1 record",
        "None": "0 records",
        "Full": "1,000 records",
    }
    for name, count in MANY.items():
        about, number, records = said[name].split()
        assert (about, records) == ("about", "records")
        assert count / 2 < int(number.replace(",", "")) < count * 2
    assert "about" in text(home.get("/"))
    with django_assert_num_queries(13 if connection.vendor == "postgresql" else 12):
        assert shown(home) == said


def test_one_large_object(api: Api, home: Client) -> None:
    fill(api, {"Large": 3_000})
    assert 1_500 < int(shown(home)["Large"].split()[1].replace(",", "")) < 6_000


def test_small_ones_take_no_more_queries(api: Api, home: Client, django_assert_num_queries: Any) -> None:
    for number in range(3):
        fill(api, {f"Thing {number}": number})
        # 1. The session.
        # 2. Its user.
        # 3. The objects.
        # 4. Their counts.
        # 5. What the user chose for Home.
        # 6. Which of the first steps are done.
        # 7. The sidebar's objects.
        # 8. The user's organization.
        # 9. to 12. What was changed last, what is owned, one's tasks, and who changed it.
        with django_assert_num_queries(12):
            assert len(shown(home)) == number + 1


def test_an_index_is_counted_and_nothing_is_scanned(api: Api) -> None:
    """Though the planner does not know which object's records are counted."""
    fill(api, {**MANY, "Few": 2})
    actor = Actor.of_user(api.user)
    counted = record_counts.with_counts(actor, CustomObject.objects.order_by("name"))
    plan = record_counts.with_growth(actor, counted).explain()
    assert "record_created_at" in plan
    assert "Seq Scan on customobjects_record" not in plan
    assert "SCAN U0" not in plan


@pytest.mark.parametrize(
    ("total", "words"),
    [
        (Total(0), "0 records"),
        (Total(1), "1 record"),
        (Total(1_000), "1,000 records"),
        (Total(1_001, is_estimate=True), "about 1,000 records"),
        (Total(337_214, is_estimate=True), "about 340,000 records"),
    ],
)
def test_totals_in_words(total: Total, words: str) -> None:
    assert total_in_words(total) == words
    assert number_in_words(total, "{:,}".format) == words.removesuffix(" records").removesuffix(" record")
