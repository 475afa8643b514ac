"""Merging two values of a picklist while others write records that hold the one."""

from __future__ import annotations

from typing import Any

import pytest
from django_tasks_db.models import DBTaskResult

from customobjects.models import Record
from customobjects.services import merging
from salesos.accounts.models import User
from tests.conftest import Answer, Api
from tests.processes.test_concurrency import at_once

# Without transactions around the test, which would hide one connection's work from another's.
pytestmark = pytest.mark.django_db(transaction=True)

PATH = "lead/fields/status/merge-values"
MERGE = {"value": "fresh", "into": "new"}
WRITERS = 6


@pytest.fixture
def leads(api: Api) -> list[str]:
    options = {"values": ["new", "fresh", "won"]}
    api.make_object("Lead", {"label": "Status", "type": "PICKLIST", "options": options})
    return [api.make_record("lead", name=str(number), status="fresh")["id"] for number in range(WRITERS)]


def held() -> set[Any]:
    return {data.get("status") for data in Record.objects.values_list("data", flat=True)}


def told(answers: list[Any]) -> list[tuple[int, str]]:
    assert all(isinstance(answer, Answer) for answer in answers), answers
    return [(one.status, one.problem("data.status") if one.status == 400 else "") for one in answers]


def test_what_is_written_meanwhile_is_merged_or_refused(admin: User, api: Api, leads: list[str]) -> None:
    new = [
        lambda: Api(admin).post("lead/records", {"data": {"name": "N", "status": "fresh"}}) for _ in range(WRITERS // 2)
    ]
    changed = [
        lambda id_=id_: Api(admin).patch(f"lead/records/{id_}", {"data": {"name": "C", "status": "fresh"}})
        for id_ in leads[: WRITERS // 2]
    ]
    merged, *others = at_once(lambda: Api(admin).post(PATH, MERGE), *new, *changed)
    assert merged.status == 200, merged
    for status, code in told(others):
        assert (status, code) in [(201, ""), (200, ""), (400, "choice")]
    assert held() == {"new"}


def test_batches_in_the_background_lose_nothing(
    admin: User, api: Api, leads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merging, "MAX_AT_ONCE", 1)
    monkeypatch.setattr(merging, "BATCH_SIZE", 2)
    assert api.post(PATH, MERGE).json["inBackground"] is True
    args = DBTaskResult.objects.get(task_path__endswith="merge_in_background").args_kwargs["args"]
    names = [
        lambda id_=id_: Api(admin).patch(f"lead/records/{id_}", {"data": {"name": "Other", "status": "fresh"}})
        for id_ in leads
    ]
    _done, *answers = at_once(lambda: merging.merge_in_background.call(*args), *names)
    for status, code in told(answers):
        assert (status, code) in [(200, ""), (400, "choice")]
    # Whoever held the value still when it was passed is found when it is looked for anew.
    merging.merge_in_background.call(*args)
    assert held() == {"new"}
    assert [one["value"] for one in api.get("lead/fields/status").json["options"]["values"]] == ["new", "won"]


def test_of_two_merges_of_one_value_one_is_made(admin: User, api: Api, leads: list[str]) -> None:
    answers = at_once(
        lambda: Api(admin).post(PATH, MERGE), lambda: Api(admin).post(PATH, {"value": "fresh", "into": "won"})
    )
    assert sorted(answer.status for answer in answers) == [200, 400], answers
    assert len(held()) == 1
