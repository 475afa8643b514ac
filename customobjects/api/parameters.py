"""The parameters of endpoints, and how a request is read: an endpoint's own parameters, and the filters beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from django.http import QueryDict
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from customobjects.queries.aggregates import INTERVALS
from customobjects.queries.selection import Count, RecordRequest
from customobjects.services.definition_trash import LOOKUPS, RECORDS, UNIQUE
from customobjects.services.naming import MAX_LENGTH as API_NAME_LENGTH
from salesos.accounts.profiles import MAX_ZONE_LENGTH
from salesos.rest.serializers import ChoiceField, Integer, JSONObject, StrictSerializer, Text, cleaned, outer_names

# Offsets beyond what anybody pages to are a mistake, and beyond 64 bits an error inside the database.
MAX_PAGE = 1_000_000
MAX_LIMIT = 100
# Of lists that are read from the newest on: a cursor leads further.
MAX_NEWEST_PAGE = 100
MAX_SEARCH_CHARACTERS = 200
MAX_NAMES_CHARACTERS = 4_000
# A cursor has what a list is sorted by, and that may be texts of thousands of characters.
MAX_CURSOR_CHARACTERS = 60_000
MAX_GROUPS = 1_000
MAX_MOMENT_CHARACTERS = 40
MAX_HITS = 20
TIME_ZONE = "The zone whose days `interval` puts times together by, such as `Europe/Berlin`; UTC unless said."
GIVEN_UP = f"({'|'.join((UNIQUE, LOOKUPS, RECORDS))})"
FLAG_CHOICES = ["true", "false"]
COUNT_CHOICES = [count.value for count in Count if count]


class Word(serializers.CharField):
    """A text in a query; an empty one is as none."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, allow_blank=True, **options)


class Choice(ChoiceField):
    """One of some words; an empty one is as none."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, allow_blank=True, **options)


class NameList(serializers.CharField):
    """Names in a query, separated by commas."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=MAX_NAMES_CHARACTERS, allow_blank=True, **options)

    def to_internal_value(self, data: Any) -> Any:
        return tuple(name.strip() for name in super().to_internal_value(data).split(",") if name.strip())


@extend_schema_field({"oneOf": [{"type": "array", "items": {"type": "string"}}, {"type": "string"}]})
class Names(serializers.Field):
    """Names in a body: a list of texts, or one text with commas."""

    default_error_messages = {"invalid": "Not a list of names."}

    def to_internal_value(self, data: Any) -> tuple[str, ...]:
        if isinstance(data, str):
            data = data.split(",")
        if not isinstance(data, list) or not all(isinstance(name, str) for name in data):
            self.fail("invalid")
        if sum(map(len, data)) > MAX_NAMES_CHARACTERS:
            self.fail("invalid")
        return tuple(name.strip() for name in data if name.strip())


class Number(serializers.IntegerField):
    """A whole number in digits. DRF's own field would also take 1_0, 5.0 and the digits of all scripts."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, str) and not (data.isascii() and data.strip().removeprefix("-").isdigit()):
            self.fail("invalid")
        return super().to_internal_value(data)


class PageQuerySerializer(StrictSerializer):
    """The parameters of lists with pages."""

    limit = Number(min_value=1, max_value=MAX_LIMIT, default=20)
    page = Number(min_value=1, max_value=MAX_PAGE, default=1)


class DefinitionQuerySerializer(StrictSerializer):
    """The parameters of lists of objects and fields, beside their filters."""

    deleted = Choice(choices=FLAG_CHOICES, help_text="`true`: those that can be restored, deleted last first.")


class ObjectQuerySerializer(DefinitionQuerySerializer, PageQuerySerializer):
    """The same of objects."""


class TrashQuerySerializer(PageQuerySerializer):
    """The parameters of the trash of all objects, beside its filters."""

    cursor = Word(max_length=MAX_CURSOR_CHARACTERS, default="")


class RestoreQuerySerializer(StrictSerializer):
    """What is restored although something stands in the way."""

    without = NameList(
        required=False, help_text="Fields whose values are dropped where they stand in the way: `serial,site`."
    )


class FieldRestoreQuerySerializer(StrictSerializer):
    """The same, of a field."""

    without = Choice(choices=[UNIQUE], help_text="`unique`: the field is not unique any more.")


@extend_schema_field({"type": "string", "pattern": f"^{GIVEN_UP}(,{GIVEN_UP})*$"})
class GivenUp(NameList):
    """What of an object is not restored. Whether it can be that, the service judges."""


class ObjectRestoreQuerySerializer(StrictSerializer):
    """The same, of an object."""

    without = GivenUp(
        required=False,
        help_text="`unique`: lookups to it are not unique any more; `lookups`: without those of other objects; "
        "`records`: without the records of other objects that went along.",
    )


class CursorQuerySerializer(PageQuerySerializer):
    """The parameters of lists with pages that a cursor leads through, too."""

    # A page by its number passes over all rows before it.
    page = Number(min_value=1, max_value=MAX_NEWEST_PAGE, default=1)
    cursor = Word(max_length=MAX_CURSOR_CHARACTERS, default="")


class ShapeQuerySerializer(StrictSerializer):
    """What of a record is shown."""

    fields = NameList(required=False, help_text="Only these fields in `data`.")  # type: ignore[assignment]
    expand = NameList(required=False, help_text="Lookups and users to send along, two levels deep: `account.owner`.")


class RecordShapeQuerySerializer(ShapeQuerySerializer):
    """What of a record is shown, and as it was when."""

    at = Word(
        max_length=MAX_MOMENT_CHARACTERS,
        default="",
        help_text="The record as it was at a version, or at a time in ISO 8601; not together with `expand`.",
    )


class RecordQuerySerializer(ShapeQuerySerializer, PageQuerySerializer):
    """The parameters of a list of records, beside its filters."""

    search = Word(max_length=MAX_SEARCH_CHARACTERS, default="")
    sort = Word(
        max_length=MAX_NAMES_CHARACTERS,
        default="",
        help_text="`-cost,name`; `account`, by the name of what a lookup points at; `account.industry`",
    )
    sort_by = Word(max_length=API_NAME_LENGTH, default="")
    sort_order = Choice(choices=["asc", "desc"])
    cursor = Word(max_length=MAX_CURSOR_CHARACTERS, default="")
    count = Choice(choices=COUNT_CHOICES)
    deleted = Choice(
        choices=FLAG_CHOICES,
        help_text="`true`: what is in the trash, deleted last first; beside it `page`, `limit`, `cursor` and `fields`.",
    )


class RelatedQuerySerializer(RecordQuerySerializer):
    """The parameters of a list of the records that point at one. What is in the trash points at nothing."""

    deleted = None  # type: ignore[assignment]

    via = Word(max_length=API_NAME_LENGTH, default="", help_text="Only by this lookup.")


class AggregateQuerySerializer(StrictSerializer):
    """The parameters of aggregates, beside their filters."""

    limit = Number(min_value=1, max_value=MAX_GROUPS, default=100)
    search = Word(max_length=MAX_SEARCH_CHARACTERS, default="")
    group_by = NameList(
        required=False,
        help_text="Fields to group by, at most three; of what a lookup points at, too: `status,account.industry`. "
        "A record counts in the group of each value of a list.",
    )
    metrics = NameList(
        required=False, help_text="`count,sum:cost,avg:cost,min:bought,max:bought,count_distinct:account`"
    )
    sort = NameList(
        required=False,
        help_text="Groups and metrics to sort by, `-` for descending: `-count` or `-sum:cost,status`; with `limit=10` "
        "the top ten. Without it, groups come in their own order.",
    )
    interval = Choice(choices=list(INTERVALS))
    time_zone = Word(max_length=MAX_ZONE_LENGTH, default="", help_text=TIME_ZONE)


class GlobalSearchQuerySerializer(StrictSerializer):
    q = serializers.CharField(max_length=MAX_SEARCH_CHARACTERS)
    limit = Number(min_value=1, max_value=MAX_HITS, default=5, help_text="Hits in each object.")


class RecordSearchSerializer(StrictSerializer):
    """A list of records that is asked for in a body: filters as a tree of `and`, `or` and `not`."""

    filter = JSONObject(
        required=False,
        help_text='`{"and": [{"status": "active"}, {"not": {"cost__gte": 500}}]}`; one field against another of the '
        'record: `{"closed_on__lt": {"field": "due_on"}}`',
    )
    search = Text(max_length=MAX_SEARCH_CHARACTERS, required=False, allow_blank=True, default="")
    sort = Names(required=False, help_text='`["-cost", "name"]`, or the same as one text')
    fields = Names(required=False)  # type: ignore[assignment]
    expand = Names(required=False)
    page = Integer(min_value=1, max_value=MAX_PAGE, default=1)
    limit = Integer(min_value=1, max_value=MAX_LIMIT, default=20)
    cursor = Text(max_length=MAX_CURSOR_CHARACTERS, required=False, allow_null=True, allow_blank=True)
    count = Choice(choices=COUNT_CHOICES)


class RecordAggregateSerializer(StrictSerializer):
    """Aggregates that are asked for in a body, of the records that a tree of conditions finds."""

    filter = JSONObject(required=False, help_text='`{"or": [{"status": "active"}, {"cost__gte": 500}]}`')
    search = Text(max_length=MAX_SEARCH_CHARACTERS, required=False, allow_blank=True, default="")
    limit = Integer(min_value=1, max_value=MAX_GROUPS, default=100)
    group_by = Names(required=False, help_text='Fields to group by, at most three: `["status", "account.industry"]`')
    metrics = Names(required=False, help_text='`["count", "sum:cost"]`, or the same as one text')
    sort = Names(required=False, help_text='Groups and metrics to sort by: `["-sum:cost"]`, or the same as one text')
    interval = Choice(choices=list(INTERVALS))
    time_zone = Text(max_length=MAX_ZONE_LENGTH, required=False, help_text=TIME_ZONE)


# Names and values.
Pairs = tuple[tuple[str, str], ...]
Serializer = type[StrictSerializer]

# Programs ask the same again and again, and looking up what was read takes less than reading it. What is kept is
# bounded by both: the most that a query of this length is read to, one parameter for every two characters of it,
# takes 60 KB.
QUERY_CACHE_SIZE = 1_024
MAX_CACHED_QUERY_CHARACTERS = 1_000


def record_request(given: Mapping[str, Any], **more: Any) -> RecordRequest:
    """The request that a list's parameters make."""
    shape = {name: given[name] for name in ("page", "limit", "search", "fields", "expand") if name in given}
    names = given.get("sort", "")
    sort = ",".join(names) if isinstance(names, tuple) else names
    if not sort and (sort_by := given.get("sort_by") or ("id" if given.get("sort_order") else "")):
        sort = f"-{sort_by}" if given.get("sort_order") == "desc" else sort_by
    return RecordRequest(
        sort=sort,
        sort_parameter="sort" if names else "sortBy",
        cursor=given.get("cursor") or "",
        total=Count(given.get("count", "")),
        **shape,
        **more,
    )


def parameters(request: Request, serializer: Serializer) -> dict[str, Any]:
    """The parameters of an endpoint that takes no filters, by their snake_case names.

    Of a parameter that comes more than once, the last counts. Raises DRF's ``ValidationError``, also for unknown ones.
    """
    own, others, validate = _read(request, serializer)
    return dict(validate(own + others, serializer))


def split_parameters(request: Request, serializer: Serializer) -> tuple[dict[str, Any], Pairs]:
    """An endpoint's own parameters by their snake_case names, and all others. Raises DRF's ``ValidationError``."""
    own, others, validate = _read(request, serializer)
    return dict(validate(own, serializer)), others


def _read(request: Request, serializer: Serializer) -> tuple[Pairs, Pairs, Callable[[Pairs, Serializer], Any]]:
    """The endpoint's own parameters, the others, and what validates them."""
    # DRF's request looks each attribute up in vain first.
    query = request._request.META.get("QUERY_STRING", "")
    # Whoever follows a cursor asks for each page once.
    if len(query) > MAX_CACHED_QUERY_CHARACTERS or "cursor=" in query:
        return *_split(query, serializer), _validate
    return *_cached_split(query, serializer), _cached_validate


def _split(query: str, serializer: Serializer) -> tuple[Pairs, Pairs]:
    known = outer_names(serializer)
    own: dict[str, str] = {}
    others: list[tuple[str, str]] = []
    # The bytes of a query are kept in characters, one each (PEP 3333).
    for name, values in QueryDict(query.encode("latin-1", "replace")).lists():
        if name in known:
            own[name] = str(values[-1])
        else:
            others += [(name, str(value)) for value in values]
    return tuple(own.items()), tuple(others)


def _validate(given: Pairs, serializer: Serializer) -> dict[str, Any]:
    return cleaned(dict(given), serializer)


_cached_split = lru_cache(maxsize=QUERY_CACHE_SIZE)(_split)
_cached_validate = lru_cache(maxsize=QUERY_CACHE_SIZE)(_validate)
