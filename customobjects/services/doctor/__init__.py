"""The doctor: looks whether what is stored agrees with itself, and mends it on demand.

It runs beside a working server. It reads in batches and without locks; where something looks wrong it looks again
under the locks that writers take, and only what is wrong then is told, and mended in the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from django.db import transaction

from customobjects import access
from customobjects.models import CustomObject, Record
from customobjects.services.batches import walk
from customobjects.services.definitions import lock_for_batch
from customobjects.services.doctor.attached import AttachedTexts
from customobjects.services.doctor.base import (
    Batch,
    Check,
    Damage,
    Definition,
    ObjectCheck,
    RecordCheck,
    ServerCheck,
    read_records,
)
from customobjects.services.doctor.definitions import Definitions, Tasks, is_readable
from customobjects.services.doctor.keys import Keys
from customobjects.services.doctor.links import Links
from customobjects.services.doctor.others import Counters, SearchTexts, Trash
from customobjects.services.doctor.rows import Rows
from customobjects.services.doctor.server import Database, Extensions, Migrations, SearchIndex, Worker
from customobjects.services.doctor.values import Values
from customobjects.services.transactions import write
from customobjects.storage.derivation import DERIVATION

BATCH_SIZE = 1_000
# Of each kind of damage, so many places are named.
MAX_NAMED = 5
SERVER = "server"

# Each in the order in which damage is mended: what records hold first, then what is made of it.
SERVER_CHECKS: Sequence[ServerCheck] = (Database(), Migrations(), Extensions(), Worker(), SearchIndex())
OBJECT_CHECKS: Sequence[ObjectCheck] = (Definitions(), Tasks(), Trash())
RECORD_CHECKS: Sequence[RecordCheck] = (Values(), Links(), Rows(), Keys(), Counters(), SearchTexts(), AttachedTexts())
ALL_CHECKS: Sequence[Check] = (*SERVER_CHECKS, *OBJECT_CHECKS, *RECORD_CHECKS)
KEYS = tuple(check.key for check in ALL_CHECKS)

Report = Callable[[str], None]
S = TypeVar("S")


@dataclass
class Finding:
    """Damage of one kind in one place (the server, or an object): how often it was found, and mended."""

    place: str
    check: str
    what: str
    count: int = 0
    mended: int = 0
    first: list[str] = field(default_factory=list)

    @property
    def is_left(self) -> bool:
        """Whether some of it is still there."""
        return self.mended < self.count

    def __str__(self) -> str:
        more = ", …" if self.count > len(self.first) else ""
        named = f": {', '.join(self.first)}{more}" if any(self.first) else ""
        mended = "" if not self.mended else " (mended)" if not self.is_left else f" ({self.mended:,} mended)"
        return f"{self.place}: {self.check}: {self.count:,} × {self.what}{mended}{named}"


class _Findings:
    """What was found so far, by place and kind."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str], Finding] = {}

    def add(self, place: str, check: str, found: Sequence[Damage], left: Collection[Damage]) -> None:
        for damage in found:
            key = place, check, damage.what
            finding = self._found.setdefault(key, Finding(*key))
            finding.count += 1
            finding.mended += damage not in left
            if len(finding.first) < MAX_NAMED and damage.where not in finding.first:
                finding.first.append(damage.where)

    def all(self) -> list[Finding]:
        return list(self._found.values())


def examine(
    report: Report,
    *,
    objects: Iterable[CustomObject],
    only: Collection[str] = KEYS,
    mend: bool = False,
    batch: int = BATCH_SIZE,
) -> list[Finding]:
    """Look at the server and at some objects with the checks named by ``only``; ``mend`` what can be mended.

    ``report`` gets a line of progress after each batch of an object that has several. Raises Django's database errors.
    """
    findings = _Findings()
    for check in SERVER_CHECKS:
        if check.key in only:
            findings.add(SERVER, check.key, *_look(check, mend))
            if check.key == Migrations.key and any(finding.check == check.key for finding in findings.all()):
                # What is not migrated cannot be looked at.
                return findings.all()
    for custom_object in objects:
        _examine_object(custom_object, report, findings, only, mend, batch)
    return findings.all()


def place_of(custom_object: CustomObject) -> str:
    """What an object is called in what is found."""
    return f"{custom_object.organization.name}/{custom_object.api_name}"


def _look(check: ServerCheck, mend: bool) -> tuple[list[Damage], Collection[Damage]]:
    found = list(check.find(None))
    return found, _mended(check, None, found, lambda: None, mend)


def _mended(
    check: Check[S], subject: S, found: Sequence[Damage], again: Callable[[], S], mend: bool
) -> Collection[Damage]:
    """Mend what was found, where that is wished for, and see what is left of it."""
    if not (mend and any(damage.can_be_mended for damage in found)):
        return frozenset(found)
    with transaction.atomic():
        check.mend(subject, [damage for damage in found if damage.can_be_mended])
    return frozenset(check.find(again()))


def _examine_object(
    custom_object: CustomObject, report: Report, findings: _Findings, only: Collection[str], mend: bool, batch: int
) -> None:
    place, definition = place_of(custom_object), Definition(custom_object)
    for object_check in OBJECT_CHECKS:
        is_suspected = object_check.key in only and any(object_check.find(definition))
        while is_suspected:
            found, left = _look_at_object(object_check, custom_object.id, mend)
            findings.add(place, object_check.key, found, left)
            # It looks at so much at once; where all that is mended, there may be more.
            is_suspected = bool(found) and not any(damage in left for damage in found)
    checks = [check for check in RECORD_CHECKS if check.key in only]
    if not checks or not all(map(is_readable, definition.fields)):
        return
    for ids, done in walk(custom_object, batch):
        _examine_batch(checks, custom_object, read_records(Record.objects.all(), ids), findings, mend)
        if done >= batch:
            report(f"{place}: {done:,} records looked through")


def _examine_batch(
    checks: Iterable[RecordCheck],
    custom_object: CustomObject,
    records: Sequence[Record],
    findings: _Findings,
    mend: bool,
) -> None:
    """Hold checks to records that were read unlocked, and to those again in which they found something."""
    # Read anew: a change of the schema may have come since the last batch.
    now = CustomObject.objects.filter(id=custom_object.id, deleted_at=None).first()
    if now is None:
        return
    subject = Batch(Definition(now), records)
    for check in checks:
        if _waits(check, now):
            continue
        suspected = {damage.record_id for damage in check.find(subject) if damage.record_id}
        if suspected:
            findings.add(place_of(custom_object), check.key, *_look_again(check, custom_object.id, suspected, mend))


def _waits(check: RecordCheck, custom_object: CustomObject) -> bool:
    """Whether the background makes anew what a check looks at; the worker does that, or ``manage.py fill``."""
    return check.needs_derived and custom_object.derivation < DERIVATION


@write
def _look_again(
    check: RecordCheck, object_id: UUID, ids: Collection[UUID], mend: bool
) -> tuple[list[Damage], Collection[Damage]]:
    """Look at some records under the locks of a writer, in one transaction."""
    custom_object = lock_for_batch(id=object_id)
    if custom_object is None or _waits(check, custom_object):
        return [], []

    def locked() -> Batch:
        records = Record.objects.select_for_update().filter(custom_object=object_id)
        return Batch(Definition(custom_object), read_records(records, ids))

    subject = locked()
    found = list(check.find(subject))
    return found, _mended(check, subject, found, locked, mend)


@write
def _look_at_object(check: ObjectCheck, object_id: UUID, mend: bool) -> tuple[list[Damage], Collection[Damage]]:
    """Look at an object's own rows while nobody changes its schema, in one transaction."""
    custom_object = CustomObject.objects.select_for_update().filter(id=object_id, deleted_at=None).first()
    if custom_object is None:
        return [], []
    subject = Definition(custom_object)
    found = list(check.find(subject))
    return found, _mended(check, subject, found, lambda: Definition(custom_object), mend)


def examined_objects(organization: str = "", name: str = "") -> Iterator[CustomObject]:
    """The objects that are not deleted: of an organization, by its name, and with an apiName, where given."""
    found = CustomObject.objects.filter(access.exists_among()).select_related("organization")
    if organization:
        found = found.filter(organization__name=organization)
    if name:
        found = found.filter(api_name=name)
    # No statement stays open while others write.
    for id_ in list(found.order_by("organization__name", "api_name", "id").values_list("id", flat=True)):
        yield from found.filter(id=id_)
