"""One transaction for one write."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError

from customobjects.models import CustomObject, Field
from customobjects.services.objects import create_object
from customobjects.services.transactions import write
from salesos.accounts.actor import Actor
from salesos.db.transactions import MAX_ATTEMPTS
from salesos.errors import ValidationError


class Deadlock(Exception):
    sqlstate = "40P01"


def lost() -> OperationalError:
    error = OperationalError("deadlock detected")
    error.__cause__ = Deadlock()
    return error


@pytest.mark.django_db(transaction=True)
def test_a_lost_deadlock_is_run_again() -> None:
    runs: list[int] = []

    @write
    def service() -> str:
        runs.append(1)
        if len(runs) < 3:
            raise lost()
        return "done"

    assert service() == "done"
    assert len(runs) == 3


@pytest.mark.django_db(transaction=True)
def test_not_for_ever() -> None:
    runs: list[int] = []

    @write
    def service() -> None:
        runs.append(1)
        raise lost()

    with pytest.raises(OperationalError):
        service()
    assert len(runs) == MAX_ATTEMPTS


@pytest.mark.django_db(transaction=True)
def test_other_errors_are_not_repeated() -> None:
    runs: list[int] = []

    @write
    def service() -> None:
        runs.append(1)
        raise OperationalError("disk full")

    with pytest.raises(OperationalError):
        service()
    assert len(runs) == 1


def test_a_refused_object_leaves_nothing(actor: Actor) -> None:
    fields: list[dict[str, Any]] = [
        {"label": "Name", "type": "TEXT"},
        {"label": "N", "type": "NUMBER", "options": {"x": 1}},
    ]
    with pytest.raises(ValidationError) as caught:
        create_object(actor, name="Box", fields=fields)
    assert caught.value.problems[0].field == "fields.1.options.x"
    assert CustomObject.objects.count() == Field.objects.count() == 0
