"""Objects and fields: what must hold between their rows, and what the background is to do for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from uuid import UUID

from customobjects.fieldtypes import TYPES, ReferenceKind
from customobjects.models import AutoNumberCounter, CustomObject, Field
from customobjects.models.columns import COLUMNS
from customobjects.services import backfill, background, emptying, unique_rules
from customobjects.services.definitions import touch
from customobjects.services.doctor.base import Damage, Definition, ObjectCheck


class Definitions(ObjectCheck):
    """An object's primary field, what it names, and its fields' types, columns, targets and counters."""

    key = "definition"
    NAMES_OTHERS = "namesOthers is not what the primary fields of all objects say"
    NO_COUNTER = "an auto number has no counter"

    def find(self, subject: Definition) -> Iterable[Damage]:
        custom_object = subject.custom_object
        kept = [field for field in subject.fields if field.deleted_at is None]
        if not any(field.id == custom_object.primary_field_id and field.is_active for field in kept):
            what = "no active field of the object is its primary one; choose one (primaryField)"
            yield Damage(what, can_be_mended=False)
        if custom_object.names_others != _names_others(custom_object):
            yield Damage(self.NAMES_OTHERS)
        taken = Counter(name for field in subject.fields for name in {field.column, field.filling} if name)
        for field in kept:
            yield from self._of_field(field, taken)
        if numbering := [field for field in kept if is_readable(field) and _first_number(field) is not None]:
            counters = AutoNumberCounter.objects.filter(field__in=numbering)
            counted = set(counters.values_list("field_id", flat=True))
            yield from (Damage(self.NO_COUNTER, field.api_name) for field in numbering if field.id not in counted)

    def _of_field(self, field: Field, taken: Counter[str]) -> Iterable[Damage]:
        type_ = TYPES.get(field.type)
        if type_ is None:
            yield Damage("a field is of a type that there is not", field.api_name, can_be_mended=False)
            return
        kind = type_(field.options).column
        for column in filter(None, (field.column, field.filling)):
            if kind is None or column not in COLUMNS[kind]:
                yield Damage("a field has a typed column of another kind", field.api_name, can_be_mended=False)
            elif taken[column] > 1:
                yield Damage("two fields have one typed column", field.api_name, can_be_mended=False)
        target = str(field.target_id or "")
        if type_.reference_kind is ReferenceKind.RECORD and field.options["target"] != target:
            yield Damage("a lookup's target is not the one that its options name", field.api_name, can_be_mended=False)

    def mend(self, subject: Definition, found: Sequence[Damage]) -> None:
        for damage in found:
            if damage.what == self.NAMES_OTHERS:
                subject.custom_object.names_others = not subject.custom_object.names_others
                touch(subject.custom_object)
            elif damage.what == self.NO_COUNTER:
                field = next(field for field in subject.fields if field.api_name == damage.where)
                first = _first_number(field) or 0
                # Where it is behind the numbers that were given, ``counters`` finds that.
                AutoNumberCounter.objects.create(field=field, next_number=first)


def is_readable(field: Field) -> bool:
    """Whether a field is of a type that there is; otherwise nothing can be said of its object's records."""
    return field.type in TYPES


def _first_number(field: Field) -> int | None:
    return TYPES[field.type](field.options).first_number


def _names_others(custom_object: CustomObject) -> bool:
    return CustomObject.objects.filter(primary_field__target=custom_object, deleted_at=None).exists()


class Tasks(ObjectCheck):
    """What the background is to do for an object, and has no task for: one that failed, or was lost.

    What runs and has lost its worker the next worker takes up by itself.
    """

    key = "tasks"
    FILL = "the background has forgotten to fill in what old records lack"
    KEYS = "the background has forgotten to make the unique keys of old records"
    EMPTY = "the background has forgotten to empty lookups to deleted records"

    def find(self, subject: Definition) -> Iterable[Damage]:
        custom_object = subject.custom_object
        unfinished = set(backfill.unfinished(custom_object=custom_object))
        if unfinished:
            known = {tuple(args) for args, _kwargs in background.waiting(backfill.fill_in_background)}
            for field in subject.fields:
                if field.id in unfinished and (str(field.id),) not in known:
                    yield Damage(self.FILL, field.api_name, key=field.id)
        rules = [name for name, filling in custom_object.key_fillings.items() if "recordsDone" in filling]
        if rules:
            known = {tuple(args) for args, _kwargs in background.waiting(unique_rules.fill_keys_in_background)}
            for name in rules:
                if (str(custom_object.id), name) not in known:
                    yield Damage(self.KEYS, name)
        deletions = [(field, deletion) for field in subject.fields for deletion in field.emptying]
        if deletions:
            tasks = background.waiting(emptying.empty_in_background)
            at_work = {kwargs.get("deletion") for _args, kwargs in tasks}
            for field, deletion in deletions:
                if deletion not in at_work:
                    yield Damage(self.EMPTY, field.api_name, key=(field.id, deletion))

    def mend(self, subject: Definition, found: Sequence[Damage]) -> None:
        for damage in found:
            if damage.what == self.FILL:
                backfill.fill_in_background.enqueue(str(damage.key))
            elif damage.what == self.KEYS:
                unique_rules.fill_keys_in_background.enqueue(str(subject.id), damage.where)
            else:
                field_id, deletion = damage.key
                self._forget(field_id, deletion)

    @staticmethod
    def _forget(field_id: UUID, deletion: str) -> None:
        """Say no more that a deletion's lookups are being emptied: ``links`` finds and empties those that are left.

        Who deleted the records, and so was to empty them, only the task knew.
        """
        field = Field.objects.select_for_update().get(id=field_id)
        field.emptying.pop(deletion, None)
        field.save(update_fields=["emptying"])
