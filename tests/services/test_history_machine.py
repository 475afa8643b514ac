"""Random writes of records and of their object's fields, held against a plain model in memory.

After each step what the API shows is what the model holds; in the end, so is every state that any record ever had, by
``?at=`` and by replaying its history from its creation.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import hypothesis.strategies as st
import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from salesos.accounts.models import Organization
from tests.conftest import Api, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

TEXTS = st.sampled_from(["a", "b", "c"])
NUMBERS = st.integers(0, 3)
EXTRAS = {name: st.none() | TEXTS for name in ("extra_2", "extra_3")}
VALUES = st.fixed_dictionaries({}, optional={"code": st.none() | TEXTS, "size": st.none() | NUMBERS, **EXTRAS})


class Held:
    """A record in the model: what it holds now, at each version, and whether it is in the trash."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self.is_deleted = False
        self.version = 1
        self.past: dict[int, dict[str, Any] | None] = {1: deepcopy(data)}

    def become(self, data: dict[str, Any] | None) -> None:
        """Note the next version: other values, or the trash where they are None."""
        if data is not None:
            self.data = data
        self.is_deleted = data is None
        self.version += 1
        self.past[self.version] = deepcopy(data)


class History(RuleBasedStateMachine):
    """An object with a text, which is unique at times, and a number, which is deleted or hidden at times."""

    def __init__(self) -> None:
        super().__init__()
        # All that an example stores is rolled back behind it.
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        organization = Organization.objects.create(name=f"Machine {id(self)}")
        self.api = Api(make_user(organization, f"machine-{id(self)}@acme.example"))
        self.records: dict[str, Held] = {}
        self.fields = {"code": "active", "size": "active"}
        self.is_unique = False
        # What may be taken back: the reference, and what was held before and after.
        self.last: tuple[str, dict[str, Held], dict[str, Held]] | None = None

    def teardown(self) -> None:
        try:
            self.every_state_is_kept()
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    @initialize()
    def make_object(self) -> None:
        self.api.make_object("Item", {"label": "Code", "type": "TEXT"}, {"label": "Size", "type": "NUMBER"})

    # The model -------------------------------------------------------------------------------------------------------

    def alive(self) -> dict[str, Held]:
        return {id_: one for id_, one in self.records.items() if not one.is_deleted}

    def known(self, values: dict[str, Any]) -> dict[str, Any]:
        """Values of the fields that can be written now."""
        return {name: value for name, value in values.items() if self.fields.get(name) == "active"}

    def clashes(self, id_: str | None, code: Any) -> bool:
        others = (one for other, one in self.alive().items() if other != id_)
        return self.is_unique and code is not None and any(one.data.get("code") == code for one in others)

    def done(self, answer: Any, before: dict[str, Held]) -> None:
        reference = answer.headers.get("X-Change-Id")
        self.last = (reference, before, deepcopy(self.records)) if reference else None

    # Writes ----------------------------------------------------------------------------------------------------------

    @rule(values=VALUES)
    def create(self, values: dict[str, Any]) -> None:
        before, values = deepcopy(self.records), self.known(values)
        answer = self.api.post("item/records", {"data": {"name": "x", **values}})
        if self.clashes(None, values.get("code")):
            assert answer.status == 409, answer
            return
        assert answer.status == 201, answer
        self.records[answer.json["id"]] = Held({k: v for k, v in values.items() if v is not None})
        self.done(answer, before)

    @precondition(lambda self: self.alive())
    @rule(values=VALUES, choice=st.randoms(use_true_random=False))
    def change(self, values: dict[str, Any], choice: Any) -> None:
        before, values = deepcopy(self.records), self.known(values)
        id_ = choice.choice(sorted(self.alive()))
        held = self.records[id_]
        answer = self.api.patch(f"item/records/{id_}", {"data": values})
        if self.clashes(id_, values.get("code", held.data.get("code"))) and "code" in values:
            assert answer.status == 409, answer
            return
        assert answer.status == 200, answer
        data = {k: v for k, v in {**held.data, **values}.items() if v is not None}
        if data != held.data:
            held.become(data)
            self.done(answer, before)

    @precondition(lambda self: self.alive())
    @rule(values=VALUES, choice=st.randoms(use_true_random=False))
    def bulk(self, values: dict[str, Any], choice: Any) -> None:
        """One is made, one changed, one deleted: all or nothing."""
        before, values = deepcopy(self.records), self.known(values)
        doomed = choice.choice(sorted(self.alive()))
        operations = [{"op": "delete", "id": doomed}, {"op": "create", "data": {"name": "x", **values}}]
        answer = self.api.post("item/records/bulk", {"operations": operations})
        if self.clashes(doomed, values.get("code")):
            assert answer.status == 409, answer
            return
        assert answer.status == 200, answer
        self.records[doomed].become(None)
        made = answer.json["data"][1]["id"]
        self.records[made] = Held({k: v for k, v in values.items() if v is not None})
        self.done(answer, before)

    @precondition(lambda self: self.alive())
    @rule(choice=st.randoms(use_true_random=False))
    def delete(self, choice: Any) -> None:
        before, id_ = deepcopy(self.records), choice.choice(sorted(self.alive()))
        answer = self.api.delete(f"item/records/{id_}")
        assert answer.status == 204, answer
        self.records[id_].become(None)
        self.done(answer, before)

    @precondition(lambda self: len(self.alive()) < len(self.records))
    @rule(choice=st.randoms(use_true_random=False))
    def restore(self, choice: Any) -> None:
        before = deepcopy(self.records)
        id_ = choice.choice(sorted(self.records.keys() - self.alive().keys()))
        answer = self.api.post(f"item/records/{id_}/restore", {})
        if self.clashes(id_, self.records[id_].data.get("code")):
            assert answer.status == 409, answer
            return
        assert answer.status == 200, answer
        self.records[id_].become(self.records[id_].data)
        self.done(answer, before)

    @precondition(lambda self: self.alive())
    @rule(choice=st.randoms(use_true_random=False))
    def revert(self, choice: Any) -> None:
        before, id_ = deepcopy(self.records), choice.choice(sorted(self.alive()))
        held = self.records[id_]
        version = choice.choice([version for version, past in held.past.items() if past is not None])
        answer = self.api.post(f"item/records/{id_}/revert", {"version": version})
        past = held.past[version] or {}
        data = {**held.data}
        for name in self.known(data | past):
            data.pop(name, None)
            if name in past:
                data[name] = past[name]
        if data.get("code") != held.data.get("code") and self.clashes(id_, data.get("code")):
            assert answer.status == 409, answer
            return
        assert answer.status == 200, answer
        if data != held.data:
            held.become(data)
            self.done(answer, before)

    @precondition(lambda self: self.last)
    @rule()
    def undo(self) -> None:
        assert self.last is not None
        reference, before, after = self.last
        untouched = all(self.records[id_].version == after[id_].version for id_ in after)
        now = deepcopy(self.records)
        answer = self.api.post(f"/v1/changes/{reference}/undo")
        changed = [id_ for id_ in after if id_ not in before or before[id_].version != after[id_].version]
        if not untouched:
            assert answer.status in (200, 409), answer
        if answer.status == 409:
            return
        assert answer.status == 200, answer
        for id_ in changed:
            then, held = before.get(id_), self.records[id_]
            if then is None or then.is_deleted:
                held.become(None)
            elif held.is_deleted:
                held.become(held.data)
            else:
                held.become({**then.data})
        self.done(answer, now)

    # Fields ----------------------------------------------------------------------------------------------------------

    @precondition(lambda self: len(self.fields) < 4)
    @rule()
    def add_a_field(self) -> None:
        name = f"extra_{len(self.fields)}"
        assert self.api.post("item/fields", {"label": name, "apiName": name, "type": "TEXT"}).status == 201
        self.fields[name], self.last = "active", None

    @precondition(lambda self: self.fields["size"] == "active")
    @rule()
    def deactivate_the_number(self) -> None:
        assert self.api.patch("item/fields/size", {"isActive": False}).status == 200
        self.fields["size"], self.last = "hidden", None

    @precondition(lambda self: self.fields["size"] == "hidden")
    @rule()
    def activate_the_number(self) -> None:
        assert self.api.patch("item/fields/size", {"isActive": True}).status == 200
        self.fields["size"], self.last = "active", None

    @precondition(lambda self: self.fields["size"] == "active")
    @rule()
    def delete_the_number(self) -> None:
        assert self.api.delete("item/fields/size").status == 204
        self.fields["size"], self.last = "deleted", None

    @precondition(lambda self: self.fields["size"] == "deleted")
    @rule()
    def restore_the_number(self) -> None:
        assert self.api.post("item/fields/size/restore", {}).status == 200
        self.fields["size"], self.last = "active", None

    @rule(unique=st.booleans())
    def make_the_text_unique(self, unique: bool) -> None:
        codes = [one.data["code"] for one in self.alive().values() if "code" in one.data]
        answer = self.api.patch("item/fields/code", {"isUnique": unique})
        if unique and not self.is_unique and len(codes) > len(set(codes)):
            assert answer.status == 409, answer
            return
        assert answer.status == 200, answer
        self.is_unique, self.last = unique, None

    # What must hold --------------------------------------------------------------------------------------------------

    def shown(self, data: dict[str, Any] | None) -> dict[str, Any]:
        shown = [name for name, state in self.fields.items() if state == "active"]
        return {"name": "x", **{name: (data or {}).get(name) for name in shown}}

    @invariant()
    def the_api_shows_what_the_model_holds(self) -> None:
        listed = self.api.get("item/records", limit=100)
        if listed.status == 404:
            return
        found = {record["id"]: (record["data"], record["version"]) for record in listed.json["data"]}
        assert found == {id_: (self.shown(one.data), one.version) for id_, one in self.alive().items()}
        trash = {record["id"] for record in self.api.get("item/records", deleted="true", limit=100).json["data"]}
        assert trash == self.records.keys() - self.alive().keys()

    def every_state_is_kept(self) -> None:
        for id_, held in self.records.items():
            path = f"item/records/{id_}"
            revisions = list(reversed(self.api.get(f"{path}/history", limit=100).json["data"]))
            assert [one["version"] for one in revisions] == list(range(2, held.version + 1))
            replayed = self.api.get(path, at="1").json["data"]
            for revision in revisions:
                then = held.past[revision["version"]]
                answer = self.api.get(path, at=str(revision["version"]))
                replayed |= {name: change["new"] for name, change in revision["changes"].items()}
                if then is None:
                    assert answer.problem() == "deleted"
                else:
                    assert answer.json["data"] == replayed == self.shown(then)


def test_histories_agree_with_a_model() -> None:
    run_state_machine_as_test(
        History,
        settings=settings(
            max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
