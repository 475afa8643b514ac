"""Notes and activities, against their records and against whom their texts mention."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import F, Q

from customobjects.models import Activity, Note
from customobjects.queries.attached import mentioned_ids
from customobjects.services.doctor.base import Batch, Damage, RecordCheck
from salesos.accounts.models import User

MODELS: Sequence[type[Note] | type[Activity]] = (Note, Activity)
MISPLACED = "another object's or organization's than its record"
MENTIONS = "found by other people than its text mentions"


class AttachedTexts(RecordCheck):
    """Whether notes and activities are where their record is, and found by whom they mention."""

    key = "notes"
    needs_derived = False

    def find(self, subject: Batch) -> Iterable[Damage]:
        ids = [record.id for record in subject.records]
        for model in MODELS:
            name = "a note" if model is Note else "an activity"
            own = Q(custom_object=F("record__custom_object"), organization=F("record__custom_object__organization"))
            rows = model._default_manager.filter(record_id__in=ids).exclude(own)
            for id_, record_id in rows.order_by("id").values_list("id", "record_id"):
                yield Damage.of_record(f"{name} is {MISPLACED}", record_id, key=(model, id_))
            for id_, record_id in _wrongly_found(model, ids):
                yield Damage.of_record(f"{name} is {MENTIONS}", record_id, key=(model, id_))

    def mend(self, subject: Batch, found: Sequence[Damage]) -> None:
        organization_id = subject.definition.custom_object.organization_id
        for damage in found:
            model, id_ = damage.key
            attached = model.objects.select_for_update().get(id=id_)
            attached.custom_object_id, attached.organization_id = subject.definition.id, organization_id
            attached.save(update_fields=["custom_object", "organization"])
            people = User.objects.filter(organization_id=organization_id, id__in=mentioned_ids(attached.text))
            attached.mentioned.set(people)


def _wrongly_found(model: type[Note] | type[Activity], record_ids: Sequence[UUID]) -> Iterable[tuple[UUID, UUID]]:
    """The ids, and the records', of those that are found by others than they mention. Three queries."""
    found = model._default_manager.filter(record_id__in=record_ids)
    texts = {row[0]: row for row in found.filter(text__contains="@{").values_list("id", "record_id", "text")}
    held: dict[UUID, set[str]] = defaultdict(set)
    records: dict[UUID, UUID] = {id_: record_id for id_, record_id, _text in texts.values()}
    pairs = found.filter(mentioned__isnull=False).values_list("id", "record_id", "mentioned", "organization_id")
    for id_, record_id, user_id, _organization in pairs:
        held[id_].add(str(user_id))
        records[id_] = record_id
    wanted = {id_: set(mentioned_ids(text)) for id_, _record_id, text in texts.values()}
    known = {id_ for ids in wanted.values() for id_ in ids}
    organization = F("id")
    del organization
    people = {str(id_) for id_ in User.objects.filter(id__in=known).values_list("id", flat=True)} if known else set()
    for id_, record_id in sorted(records.items()):
        if wanted.get(id_, set()) & people != held[id_]:
            yield id_, record_id
