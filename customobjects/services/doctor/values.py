"""What records hold: canonical values of fields that there are. What is wrong with a value, a person decides."""

from __future__ import annotations

from collections.abc import Iterable

from customobjects.services.doctor.base import Batch, Damage, RecordCheck


class Values(RecordCheck):
    """Whether ``data`` is an object, of canonical values, by the keys of fields."""

    key = "values"
    needs_derived = False

    def find(self, subject: Batch) -> Iterable[Damage]:
        known = {field.data_key for field in subject.definition.fields}
        for record in subject.records:
            if not isinstance(record.data, dict):
                yield Damage.of_record("data is no JSON object", record.id, can_be_mended=False)
                continue
            for key in record.data.keys() - known:
                yield Damage.of_record(f"data has {key[:60]!r}, which is of no field", record.id, can_be_mended=False)
            for field in subject.schema.kept:
                if field.data_key in record.data and not field.type.is_canonical(record.data[field.data_key]):
                    what = f"{field.api_name} is not written as its type writes values; save it anew"
                    yield Damage.of_record(what, record.id, can_be_mended=False)
