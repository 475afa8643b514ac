"""Auto numbers: taken ones are passed over, the next one can be set, and old records get theirs."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django_tasks_db.models import DBTaskResult

from customobjects.models import Field, Record, UniqueKey
from customobjects.services import backfill
from customobjects.services.changes import Change, records_changed
from salesos.accounts.models import User
from tests.conftest import Api


def quiet(_line: str) -> None:
    """Nobody wants to know."""


def tickets(api: Api, format_: str = "A{0}", **more: Any) -> None:
    options = {"format": format_, "start": more.pop("start", 1)}
    api.make_object("Ticket", {"label": "No", "type": "AUTO_NUMBER", "options": options, "isUnique": True, **more})


def numbers(api: Api, count: int = 1) -> list[str]:
    return [str(api.make_record("ticket")["data"]["no"]) for _ in range(count)]


def bulk(api: Api, count: int, **more: Any) -> list[Any]:
    operations = [{"op": "create", "data": {"name": "B", **more}} for _ in range(count)]
    answer = api.post("ticket/records/bulk", {"operations": operations})
    assert answer.status == 200, answer
    return [row["record"]["data"]["no"] for row in answer.json["data"]]


def next_number(api: Api, name: str = "no") -> Any:
    return next(field for field in api.get("ticket").json["fields"] if field["apiName"] == name)["nextNumber"]


class TestTaken:
    def test_a_format_that_leads_to_old_numbers(self, api: Api) -> None:
        tickets(api, "A1{0}")
        assert numbers(api, 2) == ["A11", "A12"]
        assert api.patch("ticket/fields/no", {"options": {"format": "A{0}"}}).status == 200
        assert numbers(api, 12) == [*(f"A{count}" for count in range(3, 11)), "A13", "A14", "A15", "A16"]
        assert UniqueKey.objects.count() == Record.objects.count() == 14

    @pytest.mark.parametrize("count", [2, 9, 40])
    def test_in_bulk(self, api: Api, count: int) -> None:
        tickets(api, "A1{0}")
        assert numbers(api, 2) == ["A11", "A12"]
        api.patch("ticket/fields/no", {"options": {"format": "A{0}"}})
        expected = [f"A{number}" for number in range(3, 50) if number not in (11, 12)]
        assert bulk(api, count) == expected[:count]
        assert numbers(api) == [expected[count]]

    def test_every_other_one(self, api: Api) -> None:
        tickets(api)
        assert numbers(api, 20)[-1] == "A20"
        for number in range(2, 21, 2):
            api.delete(f"ticket/records/{api.get('ticket/records', no=f'A{number}').json['data'][0]['id']}")
        api.patch("ticket/fields/no", {"nextNumber": 1})
        assert bulk(api, 15) == [f"A{number}" for number in (*range(2, 21, 2), *range(21, 26))]

    def test_a_long_run_takes_few_queries(self, api: Api, django_assert_num_queries: Any) -> None:
        tickets(api)
        for _ in range(3):
            bulk(api, 1000)
        api.patch("ticket/fields/no", {"nextNumber": 1})
        api.get("ticket/records", limit=1)
        # 1. to 8. As where nothing is taken (below).
        # 9. Who has the key that was not inserted. 10. The counter, locked again.
        # 11. to 14. The next 100, 400, 1,600 and 2,000 numbers. 15. The counter, saved. 16. The unique key.
        with django_assert_num_queries(16):
            assert numbers(api) == ["A3001"]

    def test_where_nothing_is_taken_nothing_is_asked(self, api: Api, django_assert_num_queries: Any) -> None:
        tickets(api)
        numbers(api)
        for count in (1, 100):
            # 1. Who asks, and the object. 2. A savepoint. 3. The object's state, locked.
            # 4. The counter, locked. 5. The counter, saved.
            # 6. The unique keys. 7. The records. 8. The savepoint ends.
            # In bulk a second savepoint around each batch, and in SQLite the number of the transaction.
            with django_assert_num_queries(8 if count == 1 else 10 + (connection.vendor == "sqlite")):
                bulk(api, count) if count > 1 else numbers(api)

    def test_together_with_another_field(self, api: Api) -> None:
        site = {"label": "Site", "type": "TEXT"}
        no = {"label": "No", "type": "AUTO_NUMBER", "options": {"format": "{0}"}}
        api.make_object("Ticket", site, no, uniqueKeys=[{"fields": ["no", "site"]}])
        for place in ("Rome", "Rome", "Oslo"):
            api.make_record("ticket", site=place)
        api.patch("ticket/fields/no", {"nextNumber": 1})
        assert api.make_record("ticket", site="Rome")["data"]["no"] == "3", "2 and 1 are taken in Rome"
        api.patch("ticket/fields/no", {"nextNumber": 1})
        assert bulk(api, 3, site="Oslo") == ["1", "2", "4"], "3 is taken in Oslo"
        assert bulk(api, 2) == ["5", "6"], "without a site there is no key"

    def test_other_values_that_are_taken_are_still_refused(self, api: Api) -> None:
        tickets(api, "A1{0}")
        api.post("ticket/fields", {"label": "Code", "type": "TEXT", "isUnique": True})
        api.make_record("ticket", code="x")
        api.patch("ticket/fields/no", {"options": {"format": "A{0}"}, "nextNumber": 11})
        refused = api.post("ticket/records", {"data": {"name": "B", "code": "X"}})
        assert refused.status == 409
        assert [problem["field"] for problem in refused.json["errors"]] == ["data.code"]
        made = api.make_record("ticket", code="y")
        assert (made["data"]["no"], made["data"]["code"]) == ("A12", "y")
        assert api.post("ticket/records", {"data": {"name": "B", "code": "Y"}}).problem("data.code") == "duplicate"
        api.patch("ticket/fields/no", {"nextNumber": 11})
        rows = [{"op": "create", "data": {"name": "C", "code": code}} for code in ("x", "p", "p", "q")]
        done = api.post("ticket/records/bulk", {"operations": rows, "atomic": False}).json["data"]
        assert [row["status"] for row in done] == [409, 201, 409, 201]
        given = [row["record"]["data"]["no"] for row in done if row["status"] == 201]
        assert len(set(given)) == 2
        assert UniqueKey.objects.count() == 2 * Record.objects.count()

    def test_upserts_are_numbered_too(self, api: Api) -> None:
        tickets(api)
        api.post("ticket/fields", {"label": "Code", "type": "TEXT", "isUnique": True})
        api.make_record("ticket", code="a")
        api.patch("ticket/fields/no", {"nextNumber": 1})
        rows = [{"op": "upsert", "by": "code", "data": {"name": "N", "code": code}} for code in "ab"]
        done = api.post("ticket/records/bulk", {"operations": rows}).json["data"]
        assert [row["record"]["data"]["no"] for row in done] == ["A1", "A2"]


class TestTheNextOne:
    def test_is_seen_and_set(self, api: Api) -> None:
        tickets(api, start=5)
        assert next_number(api) == 5
        assert numbers(api, 2) == ["A5", "A6"]
        assert next_number(api) == 7
        assert [field["nextNumber"] for field in api.get("ticket/fields").json["data"]] == [None, 7]
        answer = api.patch("ticket/fields/no", {"nextNumber": 500})
        assert (answer.status, answer.json["nextNumber"]) == (200, 500)
        assert numbers(api) == ["A500"]
        # Back, too: what is taken is passed over.
        api.patch("ticket/fields/no", {"nextNumber": 4})
        assert numbers(api, 3) == ["A4", "A7", "A8"]

    def test_of_a_new_field(self, api: Api) -> None:
        tickets(api)
        body = {"label": "Other", "type": "AUTO_NUMBER", "nextNumber": 40}
        answer = api.post("ticket/fields", body)
        assert (answer.status, answer.json["nextNumber"]) == (201, 40)
        assert api.make_record("ticket")["data"]["other"] == "0040"

    @pytest.mark.parametrize("value", [-1, 1.5, "many", 10**12 + 1, None, True])
    def test_is_a_number(self, api: Api, value: Any) -> None:
        tickets(api)
        answer = api.patch("ticket/fields/no", {"nextNumber": value})
        assert answer.status == 400
        assert answer.problem("nextNumber")
        assert next_number(api) == 1

    @pytest.mark.parametrize(("name", "value"), [("nextNumber", 0), ("numberExisting", True)])
    def test_is_for_fields_that_number(self, api: Api, name: str, value: Any) -> None:
        tickets(api)
        assert api.patch("ticket/fields/name", {name: value}).problem(name) == "type"
        assert api.post("ticket/fields", {"label": "X", "type": "TEXT", name: value}).problem(name) == "type"
        assert len(api.get("ticket").json["fields"]) == 2

    def test_only_administrators_set_it(self, api: Api, rep: User) -> None:
        tickets(api)
        assert Api(rep).patch("ticket/fields/no", {"nextNumber": 9}).status == 403

    def test_takes_no_query_for_each_field(self, api: Api, django_assert_num_queries: Any) -> None:
        tickets(api)
        for number in range(3):
            # 1. Who is asking. 2. The object. 3. Its fields, with their counters.
            with django_assert_num_queries(3):
                assert len(api.get("ticket/fields").json["data"]) == 2 + number
            with django_assert_num_queries(3):
                assert len(api.get("ticket").json["fields"]) == 2 + number
            api.post("ticket/fields", {"label": f"F{number}", "type": "AUTO_NUMBER"})


class TestOldRecords:
    @pytest.fixture
    def old(self, api: Api) -> Api:
        """Seven records that are older than the field."""
        api.make_object("Ticket")
        for number in range(7):
            api.make_record("ticket", name=f"T{number}")
        return api

    def by_name(self, api: Api) -> dict[str, Any]:
        rows = api.get("ticket/records", limit=100).json["data"]
        return {row["name"]: row["data"]["no"] for row in rows}

    @pytest.mark.parametrize("is_unique", [True, False])
    def test_of_a_new_field(self, old: Api, is_unique: bool) -> None:
        body = {"label": "No", "type": "AUTO_NUMBER", "options": {"format": "{0}"}, "isUnique": is_unique}
        answer = old.post("ticket/fields", {**body, "numberExisting": True})
        assert answer.status == 201, answer
        assert answer.json["filling"] == {
            "index": False,
            "default": False,
            "numbers": True,
            "texts": False,
            "lookups": False,
            "unique": False,
            "recordsDone": 0,
            "problem": None,
        }
        # Theirs are set aside: a new record is behind them, whenever it comes.
        assert answer.json["nextNumber"] == 8
        assert old.make_record("ticket", name="new")["data"]["no"] == "8"
        field_id = Field.objects.get(api_name="no").id
        assert backfill.fill_batch(field_id, quiet, batch=3) is True
        assert self.by_name(old) == {
            **{f"T{number}": str(number + 1) for number in range(3)},
            **dict.fromkeys(("T3", "T4", "T5", "T6")),
            "new": "8",
        }
        while backfill.fill_batch(field_id, quiet, batch=3):
            pass
        assert self.by_name(old) == {**{f"T{number}": str(number + 1) for number in range(7)}, "new": "8"}
        assert old.get("ticket").json["fields"][1]["filling"] is None
        assert old.names("ticket", no="3") == ["T2"]
        assert old.names("ticket", sort="no", limit=2) == ["T0", "T1"]
        assert old.make_record("ticket")["data"]["no"] == "9"
        assert backfill.unfinished() == []

    def test_on_request(self, old: Api) -> None:
        old.post("ticket/fields", {"label": "No", "type": "AUTO_NUMBER", "isUnique": True})
        assert old.make_record("ticket", name="new")["data"]["no"] == "0001"
        assert old.patch("ticket/fields/no", {"numberExisting": True}).json["nextNumber"] == 9
        [task] = DBTaskResult.objects.all()
        backfill.fill_in_background.call(*task.args_kwargs["args"])
        assert self.by_name(old) == {**{f"T{number}": f"{number + 2:04}" for number in range(7)}, "new": "0001"}
        # There is nothing more to do.
        assert old.patch("ticket/fields/no", {"numberExisting": True}).json["filling"] is None
        assert DBTaskResult.objects.count() == 1

    def test_asked_for_twice(self, old: Api) -> None:
        old.post("ticket/fields", {"label": "No", "type": "AUTO_NUMBER", "numberExisting": True})
        backfill.fill_batch(Field.objects.get(api_name="no").id, quiet, batch=3)
        again = old.patch("ticket/fields/no", {"numberExisting": True}).json
        assert (again["nextNumber"], again["filling"]["recordsDone"]) == (8, 3)
        call_command("fill")
        assert sorted(self.by_name(old).values()) == [f"{number:04}" for number in range(1, 8)]

    @pytest.mark.parametrize("batch", [2, 1000])
    def test_taken_numbers_are_passed_over(self, old: Api, batch: int) -> None:
        old.post(
            "ticket/fields", {"label": "No", "type": "AUTO_NUMBER", "isUnique": True, "options": {"format": "{0}"}}
        )
        old.patch("ticket/fields/no", {"nextNumber": 3})
        assert [old.make_record("ticket", name=f"new {n}")["data"]["no"] for n in range(2)] == ["3", "4"]
        old.patch("ticket/fields/no", {"nextNumber": 1, "numberExisting": True})
        assert old.make_record("ticket", name="new 2")["data"]["no"] == "8"
        backfill.fill_all(quiet, batch=batch)
        got = self.by_name(old)
        assert [got[f"T{number}"] for number in range(7)] == ["1", "2", "5", "6", "7", "9", "10"]
        assert old.make_record("ticket")["data"]["no"] == "11"
        assert UniqueKey.objects.count() == Record.objects.count() == 11

    def test_without_a_typed_column(self, old: Api) -> None:
        body = {"label": "No", "type": "AUTO_NUMBER", "isIndexed": False, "numberExisting": True}
        old.post("ticket/fields", body)
        backfill.fill_all(quiet)
        assert old.names("ticket", no__gte="0006", sort="no") == ["T5", "T6"]
        assert old.patch("ticket/fields/no", {"numberExisting": True}).json["filling"] is None

    def test_names_versions_and_what_is_told(self, old: Api) -> None:
        told: list[Change] = []

        def note(changes: list[Change], **_signal: Any) -> None:
            told.extend(changes)

        old.post("ticket/fields", {"label": "No", "type": "AUTO_NUMBER", "numberExisting": True})
        old.patch("ticket", {"primaryField": "no"})
        records_changed.connect(note)
        try:
            backfill.fill_all(quiet)
        finally:
            records_changed.disconnect(note)
        assert [change.actor for change in told] == [None] * 7
        records = old.get("ticket/records", sort="no").json["data"]
        assert [(row["name"], row["version"]) for row in records] == [(f"{n:04}", 2) for n in range(1, 8)]

    def test_deleted_meanwhile(self, old: Api) -> None:
        old.post("ticket/fields", {"label": "No", "type": "AUTO_NUMBER", "numberExisting": True})
        old.delete(f"ticket/records/{old.get('ticket/records', name='T2').json['data'][0]['id']}")
        backfill.fill_all(quiet)
        assert self.by_name(old)["T6"] == "0006"
        assert old.make_record("ticket")["data"]["no"] == "0008"

    def test_an_object_without_records(self, api: Api) -> None:
        tickets(api, numberExisting=True)
        assert DBTaskResult.objects.count() == 0
        assert numbers(api) == ["A1"]
