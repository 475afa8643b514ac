"""What the operators' pages are measured with: a million users, and a million entries of the audit log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from benchmarks.admin import ORGANIZATIONS, RARE_LETTERS, RARE_NUMBER, USERS_EACH
from benchmarks.data import WORDS
from customobjects.models import CustomObject
from salesos.accounts.models import ApiKey, AuditEntry, Organization, User

KEYS_EACH = 10
# So many organizations are written at once.
BATCH = 100
BEGUN = datetime(2026, 1, 1, tzinfo=UTC)
KINDS = [AuditEntry.Kind.SIGN_IN] * 90 + [AuditEntry.Kind.SIGN_IN_FAILED] * 9 + [AuditEntry.Kind.KEY_CREATED]


def fill() -> None:
    """Write it straight into the tables, where it is not there. Takes some minutes."""
    if Organization.objects.count() > ORGANIZATIONS:
        return
    for start in range(0, ORGANIZATIONS, BATCH):
        numbers = range(start, start + BATCH)
        organizations = Organization.objects.bulk_create([Organization(name=_name(number)) for number in numbers])
        CustomObject.objects.bulk_create(
            [
                CustomObject(organization=one, name="Asset", plural_name="Assets", api_name="asset")
                for one in organizations
            ]
        )
        users = User.objects.bulk_create(
            [
                _user(number * USERS_EACH + at, organization)
                for number, organization in zip(numbers, organizations, strict=True)
                for at in range(USERS_EACH)
            ]
        )
        AuditEntry.objects.bulk_create([_entry(start * USERS_EACH + at, user) for at, user in enumerate(users)])
        ApiKey.objects.bulk_create(
            [
                ApiKey(user=user, name=f"Key {at}", prefix="cok_12345678", key_hash=user.id.hex, scopes=["read"])
                for at, user in enumerate(users[:: USERS_EACH // KEYS_EACH])
            ]
        )


def _name(number: int) -> str:
    rare = f" {RARE_LETTERS}graph" if number == RARE_NUMBER else ""
    return f"{WORDS[number % len(WORDS)].title()} {WORDS[number * 7 % len(WORDS)]}{rare} {number}"


def _user(number: int, organization: Organization) -> User:
    name = f"{WORDS[number % len(WORDS)].title()} {WORDS[number * 13 % len(WORDS)].title()}"
    # One in five hundred is not active, and nobody has a password.
    return User(
        email=f"person.{number}@example.com",
        name=name,
        organization=organization,
        is_active=number % 500 != 0,
        password="!",
    )


def _entry(number: int, user: User) -> AuditEntry:
    return AuditEntry(
        organization=user.organization,
        user=user,
        kind=KINDS[number * 37 % len(KINDS)],
        via="page",
        ip="192.0.2.1",
        at=BEGUN + timedelta(seconds=20 * number),
    )
