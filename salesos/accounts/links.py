"""Links for people who cannot sign in yet: to join an organization, or to choose a new password.

Both are signed, so that what is stored is not enough to make one, and a forged one asks the database nothing. Each is
good once, and for a time.
"""

from __future__ import annotations

from datetime import timedelta
from secrets import token_hex
from typing import Any
from uuid import UUID

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core import signing

from salesos.accounts.models import Invitation, User
from salesos.errors import NotFound

SALT = "salesos.accounts.invitations"
INVITATION_LIFETIME = timedelta(days=7)
# Longer than any of ours.
MAX_TOKEN_LENGTH = 300


class _ResetTokens(PasswordResetTokenGenerator):
    """Django's, which end when their person signs in or has another password; ours end with deactivation, too."""

    key_salt = "salesos.accounts.password_links"

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.is_active}"


_reset_tokens = _ResetTokens()


def new_nonce() -> str:
    """What tells a link from the ones before it."""
    return token_hex(16)


def invitation_token(invitation: Invitation) -> str:
    """The token of an invitation's link."""
    return signing.dumps([invitation.id.hex, invitation.nonce], salt=SALT)


def find_invitation(token: str, *, lock: bool = False) -> Invitation:
    """The invitation of a link. Raises ``NotFound`` where it is forged, too old, withdrawn, renewed or used."""
    try:
        if len(token) > MAX_TOKEN_LENGTH:
            raise signing.BadSignature
        id_, nonce = signing.loads(token, salt=SALT, max_age=INVITATION_LIFETIME)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise NotFound.of("this link is not good", code="not_found") from error
    invitations = Invitation.objects.select_related("organization").filter(id=UUID(id_), nonce=nonce)
    found = (invitations.select_for_update(of=("self",)) if lock else invitations).first()
    if found is None or found.is_expired:
        raise NotFound.of("this link is no longer good", code="not_found")
    return found


def reset_token(person: User) -> str:
    """The token of a link by which a person chooses a new password."""
    return _reset_tokens.make_token(person)


def find_reset(user_id: UUID, token: str, *, lock: bool = False) -> User:
    """The person of a link for a new password. Raises ``NotFound`` where it is forged, too old or used."""
    people = User.objects.filter(id=user_id, is_active=True)
    person = (people.select_for_update() if lock else people).first() if len(token) <= MAX_TOKEN_LENGTH else None
    if person is None or not _reset_tokens.check_token(person, token):
        raise NotFound.of("this link is no longer good", code="not_found")
    return person
