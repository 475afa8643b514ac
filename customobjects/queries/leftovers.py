"""How much there is of what an operator is about to delete, or is being deleted: counted so far, and no further."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from customobjects.models import Activity, CustomObject, Field, Note, Record, TableImport, View
from salesos.accounts.models import ApiKey, AuditEntry, User

# So many of each are counted.
MOST = 100_000


class Left(NamedTuple):
    """So many rows, counted up to one above ``MOST``, and what one and several of them are called."""

    number: int
    one: str
    several: str

    def __str__(self) -> str:
        if self.number > MOST:
            return f"more than {MOST:,} {self.several}"
        return f"{self.number:,} {self.one if self.number == 1 else self.several}"


def left_of(organization_id: UUID) -> Sequence[Left]:
    """What there is of an organization. A query for each kind of thing."""
    objects = CustomObject.objects.filter(organization=organization_id)
    users = User.objects.filter(organization=organization_id)
    ids = list(objects.values_list("id", flat=True))
    own: dict[str, Any] = {"organization": organization_id}
    return there_are(
        (users, "user", "users"),
        (users.filter(is_staff=True), "of them an operator", "of them operators"),
        (ApiKey.objects.filter(user__organization=organization_id), "API key", "API keys"),
        (objects, "object", "objects"),
        (Record.objects.filter(custom_object__in=ids, deleted_at=None), "record", "records"),
        (
            Record.objects.filter(custom_object__in=ids, deleted_at__isnull=False),
            "record in the trash",
            "records in the trash",
        ),
        (Note.objects.filter(**own, deleted_at=None), "note", "notes"),
        (Activity.objects.filter(**own, deleted_at=None), "activity", "activities"),
        (TableImport.objects.filter(**own), "import", "imports"),
        (AuditEntry.objects.filter(**own), "audit entry", "audit entries"),
    )


def left_of_user(user_id: UUID) -> Sequence[Left]:
    """What goes with a user. A query for each kind of thing."""
    return there_are(
        (ApiKey.objects.filter(user=user_id), "API key", "API keys"),
        (View.objects.filter(owner=user_id), "view of their own", "views of their own"),
        (TableImport.objects.filter(made_by=user_id), "import", "imports"),
    )


def over() -> Sequence[Left]:
    """What a purge would remove now. Of histories that is not known without looking through them."""
    old = {"deleted_at__lte": timezone.now() - timedelta(days=settings.TRASH_DAYS)}
    audited_from = timezone.now() - timedelta(days=settings.AUDIT_DAYS)
    entries = AuditEntry.objects.filter(at__lt=audited_from) if settings.AUDIT_DAYS else AuditEntry.objects.none()
    return there_are(
        (CustomObject.objects.filter(**old), "deleted object", "deleted objects"),
        (Field.objects.filter(**old, custom_object__deleted_at=None), "deleted field", "deleted fields"),
        (Record.objects.filter(**old), "record in the trash", "records in the trash"),
        (Note.objects.filter(**old), "deleted note", "deleted notes"),
        (Activity.objects.filter(**old), "deleted activity", "deleted activities"),
        (entries, "audit entry", "audit entries"),
    )


def there_are(*kinds: tuple[QuerySet[Any], str, str]) -> Sequence[Left]:
    """How many rows there are of each kind, of those of which there are any."""
    counted = [Left(rows.order_by().values("pk")[: MOST + 1].count(), *names) for rows, *names in kinds]
    return [left for left in counted if left.number]


def in_words(found: Iterable[Left]) -> str:
    """What there is, in a line: ``3 users, 1 record``."""
    return ", ".join(map(str, found)) or "nothing"
