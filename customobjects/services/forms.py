"""Forms that make something: one that is sent twice makes one thing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.html import format_html
from uuid_utils.compat import uuid7
from xxhash import xxh3_128_hexdigest

from customobjects.models import FormUse
from customobjects.services.transactions import write
from salesos.accounts.actor import Actor

# How long a form remembers that it was sent. An older one is not taken.
LIFETIME = timedelta(days=2)
# How far the clocks of several servers may differ.
TOLERANCE = timedelta(minutes=5)
TOO_OLD = "This form was open for more than two days, and nothing is saved yet. Look through it, and save again."


@dataclass(frozen=True)
class Made:
    """What a form made: its name, and the address of the page that shows it."""

    name: str
    address: str

    @property
    def already(self) -> str:
        """What to say where the form makes nothing, since it has made this, and was the same."""
        return f"{self.name} was saved already, and is here once."

    @property
    def otherwise(self) -> str:
        """What to say, as HTML, where the form has made this already, and has something else in it now."""
        message = "This form has made <a href='{}'>{}</a> already. Save again to make another one."
        return format_html(message, self.address, self.name)


@dataclass(frozen=True)
class Sent:
    """What came of sending a form: what was made, now or (``is_new`` is False) the first time.

    ``is_same`` says that nothing else was in the form the first time.
    """

    made: Made
    is_new: bool
    is_same: bool


def new_token() -> str:
    """A token for a form that is shown now."""
    return str(uuid7())


def usable_token(text: str) -> UUID | None:
    """The token that a form sent, or None where it is none of ours or too old."""
    try:
        token = UUID(text)
    except ValueError:
        return None
    # The first 48 bits of a UUIDv7 are the milliseconds since 1970.
    age = timezone.now().timestamp() - (token.int >> 80) / 1_000
    return token if -TOLERANCE.total_seconds() <= age <= LIFETIME.total_seconds() else None


def digest_of(content: Iterable[tuple[str, list[str]]]) -> str:
    """What tells apart what was sent with a form: its names, each with its values."""
    return xxh3_128_hexdigest(repr(sorted(content)).encode("utf-8", "replace"))


@write
def make_once(actor: Actor, token: UUID, digest: str, make: Callable[[], Made]) -> Sent:
    """Have a form make something, unless it has done so already: then what it made the first time.

    ``make`` is called within this transaction. Whoever sends the form a second time waits for the first to end, and
    where the first makes nothing, because it is refused, the second may. Raises what ``make`` raises.
    """
    FormUse.objects.bulk_create([FormUse(user_id=actor.user_id, token=token, digest=digest)], ignore_conflicts=True)
    use = FormUse.objects.select_for_update().get(user_id=actor.user_id, token=token)
    if use.address:
        return Sent(Made(use.name, use.address), is_new=False, is_same=use.digest == digest)
    made = make()
    use.name, use.address = made.name[:255], made.address
    use.save(update_fields=["name", "address"])
    return Sent(made, is_new=True, is_same=True)


def forget_old() -> int:
    """Remove what is remembered of forms that are no longer taken. Returns how many there were."""
    count, _by_model = FormUse.objects.filter(created_at__lt=timezone.now() - LIFETIME - TOLERANCE).delete()
    return count
