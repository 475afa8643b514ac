"""Notes and activities, against their records and against whom their texts mention."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from customobjects.models import Activity, Note
from customobjects.queries.attached import mentioned_ids
from customobjects.services.doctor.base import Batch, Damage, RecordCheck
from salesos.accounts.models import User

MISPLACED = "another object's or organization's than its record"
MENTIONS = "found by other people than its text mentions"


class AttachedTexts(RecordCheck):
    """Whether notes and activities are where their record is, and found by whom they mention."""

    key = "notes"
    needs_derived = False

    def find(self, subject: Batch) -> Iterable[Damage]:
        place = _place(subject)
        for model, name in ((Note, "a note"), (Activity, "an activity")):
            rows = model._default_manager.filter(record_id__in=[record.id for record in subject.records])
            misplaced = rows.exclude(**place).order_by("id")
            for id_, record_id in misplaced.values_list("id", "record_id"):
                yield Damage.of_record(f"{name} is {MISPLACED}", record_id, key=(model, id_))
            texts = rows.filter(text__contains="@{").values_list("id", "record_id", "text")
            held = rows.filter(mentioned__isnull=False).values_list("id", "record_id", "mentioned")
            for id_, record_id in _wrongly_found(place["organization_id"], list(texts), list(held)):
                yield Damage.of_record(f"{name} is {MENTIONS}", record_id, key=(model, id_))

    def mend(self, subject: Batch, found: Sequence[Damage]) -> None:
        place = _place(subject)
        people = User.objects.filter(organization_id=place["organization_id"])
        for damage in found:
            model, id_ = damage.key
            model.objects.filter(id=id_).update(**place)
            attached = model.objects.get(id=id_)
            attached.mentioned.set(people.filter(id__in=mentioned_ids(attached.text)))


def _place(subject: Batch) -> dict[str, UUID]:
    """Where all that is attached to the records of a batch has to be."""
    custom_object = subject.definition.custom_object
    return {"custom_object_id": custom_object.id, "organization_id": custom_object.organization_id}


def _wrongly_found(
    organization_id: UUID, texts: Sequence[tuple[UUID, UUID, str]], held: Sequence[tuple[UUID, UUID, UUID]]
) -> Iterable[tuple[UUID, UUID]]:
    """The ids, and the records', of what is found by others than its text mentions. One query at most.

    ``texts`` are those with mentions; ``held`` has, with the same two ids, each person that something is found by.
    """
    records = {id_: record_id for id_, record_id, *_rest in (*texts, *held)}
    wanted = {id_: set(mentioned_ids(text)) for id_, _record_id, text in texts}
    found: dict[UUID, set[str]] = defaultdict(set)
    for id_, _record_id, user_id in held:
        found[id_].add(str(user_id))
    ids = {user_id for some in wanted.values() for user_id in some}
    users = User.objects.filter(id__in=ids, organization_id=organization_id).values_list("id", flat=True)
    people = {str(id_) for id_ in users} if ids else set()
    for id_, record_id in sorted(records.items()):
        if wanted.get(id_, set()) & people != found[id_]:
            yield id_, record_id
