"""How many records have a value in each field of an object: of few records all are counted, of many a sample.

The sample is the oldest and the newest records: fields that came later are empty in the oldest ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from threading import Lock
from uuid import UUID

from cachetools import TTLCache

from customobjects import access
from customobjects.models.of_object import BY_ID
from customobjects.schema import Schema
from customobjects.storage.json_keys import JSONKeys
from salesos.accounts.actor import Actor

# Up to so many records are all looked at, which takes about 50 ms.
MAX_EXACT = 5_000
# So many from each end are the sample of more, and for so long it is good.
SAMPLE = 1_000
KEPT_SECONDS, KEPT_SAMPLES = 60, 1_000


@dataclass(frozen=True)
class Filled:
    """Of ``records`` that were looked at, how many have a value of each field, by the field's id."""

    records: int
    counts: Mapping[UUID, int]
    is_sample: bool

    def share(self, field_id: UUID) -> float:
        """Which part of the records has a value of a field, from 0 to 1; 0 where there are no records."""
        return self.counts.get(field_id, 0) / self.records if self.records else 0.0


_samples: TTLCache[Hashable, Filled] = TTLCache(KEPT_SAMPLES, KEPT_SECONDS)
_lock = Lock()


def filled(actor: Actor, schema: Schema) -> Filled:
    """How much of each field is filled in that is not deleted. Two queries, three for a sample, none for a kept one."""
    key = (access.rights(actor, schema), schema.cache_key)
    with _lock:
        if key in _samples:
            return _samples[key]
    records = access.visible_records(actor, schema, by_id=True)
    oldest = records.order_by(*BY_ID)
    if oldest[: MAX_EXACT + 1].count() <= MAX_EXACT:
        return _counted(schema, oldest.values_list(JSONKeys("data"), flat=True), is_sample=False)
    newest = records.order_by(*(f"-{name}" for name in BY_ID))
    ends = (part.values_list(JSONKeys("data"), flat=True)[:SAMPLE] for part in (oldest, newest))
    found = _counted(schema, (names for part in ends for names in part), is_sample=True)
    with _lock:
        _samples[key] = found
    return found


def _counted(schema: Schema, records: Iterable[list[str] | None], *, is_sample: bool) -> Filled:
    counter: Counter[str] = Counter()
    number = 0
    for names in records:
        counter.update(names or ())
        number += 1
    return Filled(number, {field.id: counter[field.data_key] for field in schema.kept}, is_sample)
