"""What lists and aggregates are asked for: parameters of queries, and the body that stands for them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from customobjects.queries.aggregates import INTERVALS
from customobjects.queries.requests import Count
from customobjects.services.naming import MAX_LENGTH as API_NAME_LENGTH
from salesos.rest.serializers import Integer, JSONObject, StrictSerializer, Text

# Offsets beyond what anybody pages to are a mistake, and beyond 64 bits an error inside the database.
MAX_PAGE = 1_000_000
MAX_LIMIT = 100
MAX_SEARCH_CHARACTERS = 200
MAX_NAMES_CHARACTERS = 4_000
MAX_CURSOR_CHARACTERS = 4_000
MAX_GROUPS = 1_000
MAX_HITS = 20
COUNT_CHOICES = [count.value for count in Count if count]


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


class ListQuerySerializer(StrictSerializer):
    """What every list that is not read to its end takes."""

    limit = serializers.IntegerField(min_value=1, max_value=MAX_LIMIT, default=20)


class PageQuerySerializer(ListQuerySerializer):
    """The parameters of lists with pages."""

    page = serializers.IntegerField(min_value=1, max_value=MAX_PAGE, default=1)


class ShapeQuerySerializer(StrictSerializer):
    """What of a record is shown."""

    fields = NameList(required=False, help_text="Only these fields in `data`.")  # type: ignore[assignment]
    expand = NameList(required=False, help_text="Lookups and users to send along, two levels deep: `account.owner`.")


class RecordQuerySerializer(ShapeQuerySerializer, PageQuerySerializer):
    """The parameters of a list of records, beside its filters."""

    search = serializers.CharField(max_length=MAX_SEARCH_CHARACTERS, required=False, allow_blank=True, default="")
    sort = serializers.CharField(max_length=MAX_NAMES_CHARACTERS, required=False, default="", help_text="`-cost,name`")
    sort_by = serializers.CharField(max_length=API_NAME_LENGTH, required=False, default="")
    sort_order = serializers.ChoiceField(choices=["asc", "desc"], required=False)
    cursor = serializers.CharField(max_length=MAX_CURSOR_CHARACTERS, required=False, allow_blank=True, default="")
    count = serializers.ChoiceField(choices=COUNT_CHOICES, required=False)


class RelatedQuerySerializer(RecordQuerySerializer):
    """The parameters of a list of the records that point at one."""

    via = serializers.CharField(max_length=API_NAME_LENGTH, required=False, help_text="Only by this lookup.")


class AggregateQuerySerializer(ListQuerySerializer):
    """The parameters of aggregates, beside their filters."""

    limit = serializers.IntegerField(min_value=1, max_value=MAX_GROUPS, default=100)
    search = serializers.CharField(max_length=MAX_SEARCH_CHARACTERS, required=False, allow_blank=True, default="")
    group_by = NameList(required=False, help_text="Fields to group by, at most three.")
    metrics = NameList(required=False, help_text="`count,sum:cost,avg:cost,min:bought,max:bought`")
    interval = serializers.ChoiceField(choices=list(INTERVALS), required=False)


class GlobalSearchQuerySerializer(ListQuerySerializer):
    q = serializers.CharField(max_length=MAX_SEARCH_CHARACTERS)
    limit = serializers.IntegerField(min_value=1, max_value=MAX_HITS, default=5, help_text="Hits in each object.")


class RecordSearchSerializer(StrictSerializer):
    """A list of records that is asked for in a body: filters as a tree of `and`, `or` and `not`."""

    filter = JSONObject(required=False, help_text='`{"and": [{"status": "active"}, {"not": {"cost__gte": 500}}]}`')
    search = Text(max_length=MAX_SEARCH_CHARACTERS, required=False, allow_blank=True, default="")
    sort = Names(required=False, help_text='`["-cost", "name"]`, or the same as one text')
    fields = Names(required=False)  # type: ignore[assignment]
    expand = Names(required=False)
    page = Integer(min_value=1, max_value=MAX_PAGE, default=1)
    limit = Integer(min_value=1, max_value=MAX_LIMIT, default=20)
    cursor = Text(max_length=MAX_CURSOR_CHARACTERS, required=False, allow_null=True)
    count = serializers.ChoiceField(choices=COUNT_CHOICES, required=False)
