"""What a form remembers of being sent."""

from __future__ import annotations

from customobjects.models import Record
from customobjects.services.forms import new_token, usable_token

# Made faster than one in a millisecond, however slow the machine.
MANY = 1_000_000


def test_a_form_is_taken_after_a_process_has_made_many_records() -> None:
    new_id = Record._meta.pk.get_default
    ids = [new_id() for _ in range(MANY)]
    assert ids == sorted(ids)
    assert usable_token(new_token()) is not None
