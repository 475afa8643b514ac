"""Joining, and withdrawing an invitation, while others write records that are named by who is invited."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from customobjects.models import Record
from salesos.accounts import invitations
from salesos.accounts.actor import Actor
from salesos.accounts.models import Invitation, User
from tests.background import work
from tests.conftest import PASSWORD, Answer, Api, assert_the_doctor_finds_nothing
from tests.processes.test_concurrency import at_once

# Without transactions around the test, which would hide one connection's work from another's.
pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS, WRITERS = 6, 3
End = Callable[[Actor, Invitation, str], None]


def join(_actor: Actor, _invitation: Invitation, token: str) -> None:
    invitations.accept_invitation(token, "Bea Braun", PASSWORD)
    work()


def withdraw(actor: Actor, invitation: Invitation, _token: str) -> None:
    invitations.withdraw_invitation(actor, invitation.id)
    work()


@pytest.mark.parametrize(("end", "name"), [(join, "Bea Braun"), (withdraw, "")])
def test_records_are_called_what_the_doctor_expects(api: Api, admin: User, actor: Actor, end: End, name: str) -> None:
    api.make_object("Job", {"label": "Assignee", "type": "USER"}, primaryField="assignee")
    for number in range(ROUNDS):
        invitation, token = invitations.invite(actor, f"bea{number}@acme.example", "REP")
        named, there = (
            {"assignee": str(invitation.id)},
            [api.make_record("job", name="J")["id"] for _ in range(WRITERS)],
        )
        ended, *written = at_once(
            lambda invitation=invitation, token=token: end(actor, invitation, token),
            *[lambda named=named: Api(admin).post("job/records", {"data": {"name": "N", **named}})] * WRITERS,
            *[lambda id_=id_, named=named: Api(admin).patch(f"job/records/{id_}", {"data": named}) for id_ in there],
        )
        assert not isinstance(ended, Exception), ended
        assert not Invitation.objects.exists()
        for answer in written:
            # Once nobody has the id, nothing new can name them.
            assert isinstance(answer, Answer), answer
            is_refused = answer.status == 400 and answer.problem("data.assignee") == "not_found"
            assert answer.status in (200, 201) or (is_refused and end is withdraw), answer
        held = Record.objects.filter(data__icontains=str(invitation.id)).values_list("name", flat=True)
        # The worker's turn was while others still wrote, and it does not come again.
        assert set(held) <= {name}
        assert_the_doctor_finds_nothing()
