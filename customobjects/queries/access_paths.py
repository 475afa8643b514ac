"""How SQLite gets at the records of a list: it has no statistics of values, and so cannot tell which index to use.

PostgreSQL plans each list for its values, but for those of ``_tried_in_order``. Here, what filters find is counted
first, through the index of each field, and up to a bound. Where it is little, the list is read through that index, and
sorted then. Where it is not, the list is read in its own order, which fills a page soon, unless what fits lies together
at the other end: after a number of steps that is given up for the index that has fewest.

    for path, steps in access_paths(selection, order, records=21):
        with suppress(TooManySteps):
            return …              # the page, read by this path within so many steps; the last path has no limit

What worked for a list is tried first for the next one with the same filters: then nothing is counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from django.db.models import F, Q, QuerySet, lookups

from customobjects import access
from customobjects.models import Record
from customobjects.queries.ordering import Order, OrderPart
from customobjects.queries.selection import Selection
from customobjects.queries.sort_keys import SortKey
from customobjects.queries.subjects import COMPARISONS
from customobjects.storage import search_index
from customobjects.storage.access_path import INDEXES, AccessPath, KeysPath, LackingPath, OrderPath, WordsPath
from customobjects.storage.dialect import plans_without_statistics
from salesos.db.caches import BoundedCache
from salesos.db.compiled_queries import CompiledQuery, Wrapper

# So many records are read by an index and sorted, however they lie.
FEW = 2_500
# So many of the first ones that an index finds are looked at for other filters before all are.
FIRST = 1_000
# Counting more than that would take as long as reading them.
MOST_COUNTED = 1 << 17
# Steps in a list's own order: some ten thousand records, in 20 to 40 ms; and beside them, so many for each record that
# is passed over or shown, and each of its fields.
STEPS = 50_000
STEPS_OF_A_RECORD = 40
STEPS_OF_A_FIELD = 25
COUNT = Wrapper("SELECT COUNT(*) FROM (", ") counted")
# Lists that were read in their own order, or were not to be, by hashes.
KEPT_ORDERS = 10_000


class Tried(NamedTuple):
    """A path to try, or None for the database's own, and within how many steps; 0 is any number."""

    path: AccessPath | None
    steps: int = 0


DATABASES_OWN = (Tried(None),)
# So many records are looked at in their order, each through its lookups, before all that filters find are.
FIRST_OF_LIST = OrderPath(first=1_000)
# And these only for a page among so many of the first.
FEW_OF_LIST = 200
# Stands for the index that has a list in its order.
IN_ORDER = AccessPath(sorts=False)

# A part of a ``Q``: what ``column__lookup=value`` becomes, or an expression.
Comparison = tuple[str, Any] | lookups.Lookup[Any]

_in_order: BoundedCache[int, bool] = BoundedCache(max_bytes=KEPT_ORDERS, size_of=lambda _: 1)


@dataclass(frozen=True)
class _Candidate:
    """What filters find through the index of a column; ``is_by_id`` where the index has all of it by id."""

    column: str
    condition: Q
    is_by_id: bool

    @property
    def path(self) -> AccessPath:
        return AccessPath(self.column, condition=self.condition)

    def count(self, selection: Selection, most: int) -> int:
        """How many records that are, counted up to a number."""

        def build() -> QuerySet[Record, Any]:
            visible = access.visible_records(access.with_parameters(selection.actor), selection.schema)
            return self.path.read(visible).filter(self.condition).order_by().values_list("id")

        query: CompiledQuery[Record] = selection.schema.memoize(
            ("count by", self.column, selection.cache_key, most),
            lambda: CompiledQuery(build, limit=most, wrapper=COUNT),
        )
        return int((query.rows(selection.values) or [(0,)])[0][0])


@dataclass(frozen=True)
class _Words:
    """What the index of words finds: some of it only seems to have them."""

    path: WordsPath
    column = ""
    is_by_id = False

    def count(self, selection: Selection, most: int) -> int:
        """About how many records that are, counted up to a number."""
        return search_index.count(self.path.object_id, self.path.trigrams, most)


def access_paths(
    selection: Selection, order: Order, *, records: int, is_ranked: bool = False
) -> Sequence[Tried] | Iterator[Tried]:
    """The paths to try, one after the other, for a list; ``records`` are those that a page shows or passes over.

    Of one that ``is_ranked``, any records will do, as long as they are soon enough.
    """
    if selection.is_everything:
        return DATABASES_OWN
    candidates = _all_candidates(selection) if plans_without_statistics() else ()
    if not candidates and order.is_by_id and records <= FEW_OF_LIST:
        path = _keys_path(selection, records)
        if path is not None or selection.is_through_lookups:
            return _tried_in_order(selection, order, path)
    if not candidates or all(_is_in_order(candidate, order) for candidate in candidates):
        return DATABASES_OWN
    return _tried(selection, order, candidates, records, is_ranked=is_ranked)


def seems_to_find_many(selection: Selection) -> bool:
    """Whether SQLite's index of words has more for a search than are sorted after reading them. Few may fit."""
    words = _words(selection) if plans_without_statistics() and selection.search else None
    return words is not None and _counted(words, selection, FEW + 1) > FEW


def counting_path(selection: Selection) -> AccessPath | None:
    """The path by which the records of a selection are counted, or all are read."""
    if not plans_without_statistics() or selection.is_everything:
        return None
    candidates = _of_use(_all_candidates(selection))
    return _narrowest(candidates, selection).path if candidates else None


def path_of(selection: Selection, order: Order, part: OrderPart, *, from_begin: bool) -> AccessPath | None:
    """The path to a part of a list, or to its beginning."""
    path = selection.path
    if from_begin and not part.keys and selection.is_everything and plans_without_statistics():
        # The records of a part without keys lack a value in each column that the list is sorted by.
        columns = filter(None, (_column_of([key]) for key in order.keys))
        return next((LackingPath(column, descending=part.is_descending) for column in columns), None)
    if path is not IN_ORDER or order.is_by_id:
        return path
    column = _column_of(part.keys)
    return AccessPath(column) if column and part.step is None else None


def _tried(
    selection: Selection, order: Order, candidates: Sequence[_Candidate | _Words], records: int, *, is_ranked: bool
) -> Iterator[Tried]:
    list_ = hash((selection.schema.cache_key, selection.cache_key, order.cache_key))
    if is_ranked or not _in_order.get(list_):
        for candidate in candidates:
            if _counted(candidate, selection, FEW + 1) <= FEW:
                yield Tried(candidate.path)
                return
    if is_ranked:
        yield Tried(next((one.path for one in _of_use(candidates) if isinstance(one, _Words)), None))
        return
    _in_order.put(list_, True)
    yield Tried(
        next((AccessPath(one.column, sorts=False) for one in candidates if order.is_by_id and one.is_by_id), IN_ORDER),
        STEPS + records * (STEPS_OF_A_RECORD + STEPS_OF_A_FIELD * len(selection.schema.fields)),
    )
    _in_order.put(list_, False)
    if order.is_by_id and (by_key := _keys_path(selection, records)):
        yield Tried(by_key)
    if not (candidates := _of_use(candidates)):
        yield Tried(None)
        return
    path = _narrowest(candidates, selection).path
    if order.is_by_id and path.column:
        yield Tried(replace(path, first=(1 if selection.is_told_by_index else FIRST) + records))
    yield Tried(path)


def _of_use(candidates: Sequence[_Candidate | _Words]) -> Sequence[_Candidate | _Words]:
    """Those that find records sooner than reading all would; of few records, each does."""
    return [one for one in candidates if not isinstance(one, _Words) or search_index.knows_most_of(one.path.object_id)]


def _tried_in_order(selection: Selection, order: Order, path: KeysPath | None) -> Iterator[Tried]:
    """The paths to a list by id that the database would go about wrongly: the first records of it, and the keys next.

    With filters through lookups, PostgreSQL, which knows ids as those of all objects, expects a tenth of what they
    find; SQLite expects nothing. Both would begin at the other end of a lookup, and find thousands of records for the
    first twenty. A range that many records fit, and none of the first ones, has PostgreSQL walk through the list.
    """
    list_ = hash((selection.schema.cache_key, selection.cache_key, order.cache_key, tuple(selection.values.values())))
    if _in_order.get(list_) is not False:
        yield Tried(FIRST_OF_LIST)
        _in_order.put(list_, False)
    if path is not None:
        yield Tried(path)
    yield Tried(None)


def _keys_path(selection: Selection, records: int) -> KeysPath | None:
    """By the keys of a range, where the index of one column tells which records fit."""
    if not selection.is_told_by_index:
        return None
    found = selection.schema.memoize(("ranges", selection.cache_key), lambda: _candidates(selection))
    if len(found) != 1 or found[0].is_by_id:
        return None
    return KeysPath(found[0].column, condition=found[0].condition, first=records + 1)


def _counted(candidate: _Candidate | _Words, selection: Selection, most: int) -> int:
    """How many records a candidate finds, counted up to a number, and once for a selection."""
    key = candidate.column, most
    if key not in selection.counted:
        selection.counted[key] = candidate.count(selection, most)
    return selection.counted[key]


def _narrowest(candidates: Sequence[_Candidate | _Words], selection: Selection) -> _Candidate | _Words:
    """The one that finds fewest records. None is counted much further than the best before it."""
    best, least = candidates[0], MOST_COUNTED
    for one in candidates if len(candidates) > 1 else ():
        # A statement has its bound written in: few bounds are few statements.
        number = _counted(one, selection, min(MOST_COUNTED, 1 << least.bit_length()))
        if number < least:
            best, least = one, number
    return best


def _is_in_order(candidate: _Candidate | _Words, order: Order) -> bool:
    """Whether the index has what it finds in the order of the list."""
    if order.is_by_id or not candidate.column:
        return candidate.is_by_id
    return candidate.column == _column_of(order.keys)


def _column_of(keys: Sequence[SortKey]) -> str:
    """The column whose index has records in the order of such keys, or nothing."""
    return keys[0].subject.column if keys and type(keys[0]) is SortKey and keys[0].subject.column in INDEXES else ""


def _all_candidates(selection: Selection) -> Sequence[_Candidate | _Words]:
    candidates, has_texts = selection.schema.memoize(
        ("access paths", selection.cache_key), lambda: (_candidates(selection), any(_texts(selection)))
    )
    words = _words(selection) if has_texts or selection.search else None
    return candidates if words is None else [words, *candidates]


def _texts(selection: Selection) -> Iterator[str]:
    """The texts that filters look for in the search text of each record that fits."""
    for _number, one in selection.filters.required():
        if not one.steps and one.comparison.text:
            yield one.comparison.text


def _words(selection: Selection) -> _Words | None:
    """What the index of words finds of a selection's search, and of the texts that filters look for."""
    if not search_index.is_there():
        return None
    trigrams = search_index.trigrams_of([*selection.search.words, *_texts(selection)])
    return _Words(WordsPath(object_id=selection.schema.id.hex, trigrams=trigrams)) if trigrams else None


def _candidates(selection: Selection) -> list[_Candidate]:
    """The indexes by which filters that all records of a selection fit find some."""
    told: dict[str, list[Comparison]] = {}
    for number, one in selection.filters.required():
        if (column := one.subject.column) in INDEXES:
            told.setdefault(column, []).extend(_comparisons(one.condition(number), column))
    return [
        _Candidate(column, Q(*parts), any(_is_for_one_key(part) for part in parts))
        for column, parts in told.items()
        if parts
    ]


def _comparisons(condition: Q, column: str) -> Iterator[Comparison]:
    """What of a condition compares a column with values, which its index tells, where all the condition must hold."""
    if condition.negated or (condition.connector != Q.AND and len(condition.children) > 1):
        return
    for part in condition.children:
        if isinstance(part, Q):
            yield from _comparisons(part, column)
        elif isinstance(part, lookups.Lookup):
            if part.lookup_name in COMPARISONS and part.lhs == F(column):
                yield part
        elif isinstance(part, tuple) and part[0] in {f"{column}__{name}" for name in COMPARISONS}:
            yield part


def _is_for_one_key(part: Comparison) -> bool:
    return isinstance(part, lookups.Exact) or (isinstance(part, tuple) and part[0].endswith("__exact"))
