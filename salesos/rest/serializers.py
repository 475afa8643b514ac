"""The base of all serializers: camelCase outside, snake_case inside, JSON's own types, nothing unknown let through."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from decimal import Decimal
from functools import cache
from itertools import islice
from typing import Any, ClassVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request

from salesos.errors import MAX_PROBLEMS, MAX_QUOTED, alternatives

UUID_LENGTH = 36


def camel(name: str) -> str:
    """``plural_name`` → ``pluralName``."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


class Text(serializers.CharField):
    """A text: JSON strings only. DRF's own field would also turn numbers into texts."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Boolean(serializers.BooleanField):
    """JSON's true or false only. DRF's own field would also take "yes" and 1."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Integer(serializers.IntegerField):
    """A JSON number without a fraction; 7.0 is one too. DRF's own field would also take "7"."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int | Decimal) or data != int(data):
            self.fail("invalid")
        return super().to_internal_value(int(data))


class Id(serializers.UUIDField):
    """A UUID as a text with dashes. DRF's own field would also take integers."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or len(data) != UUID_LENGTH:
            self.fail("invalid", value=str(data)[:MAX_QUOTED])
        return super().to_internal_value(data)


class ChoiceField(serializers.ChoiceField):
    """One of some words. DRF's own field would repeat all of what is sent, however long it is."""

    def to_internal_value(self, data: Any) -> str:
        if data == "" and self.allow_blank:
            return ""
        if not isinstance(data, str) or data not in self.choices:
            self.fail("invalid_choice", input=str(data)[:MAX_QUOTED] if isinstance(data, str) else type(data).__name__)
        return data


class Texts(serializers.ListField):
    """A list of at most ``max_length`` texts. DRF's own looks at each before it looks how many there are."""

    def __init__(self, *, most_characters: int, max_length: int, **options: Any) -> None:
        super().__init__(child=Text(max_length=most_characters), max_length=max_length, **options)

    def to_internal_value(self, data: Any) -> list[str]:
        if isinstance(data, list) and self.max_length is not None and len(data) > self.max_length:
            raise serializers.ValidationError(f"Must have at most {self.max_length} entries.", code="max_length")
        return list(super().to_internal_value(data))


@extend_schema_field(OpenApiTypes.ANY)
class JSONValue(serializers.Field):
    """Any JSON value; what it means is judged elsewhere."""

    def to_internal_value(self, data: Any) -> Any:
        return data

    def to_representation(self, value: Any) -> Any:
        return value


@extend_schema_field({"type": "object", "additionalProperties": True})
class JSONObject(JSONValue):
    """A JSON object with any properties; what is in it is judged elsewhere."""

    default_error_messages = {"invalid": "Not an object."}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            self.fail("invalid")
        return dict(data)


class StrictSerializer(serializers.Serializer):
    """Declared in snake_case, spoken in camelCase; an unknown property is an error at that property.

    ``validated_data`` has the properties by their snake_case names. ``left_out`` names those that some answers
    lack, as they are called outside.
    """

    left_out: ClassVar[frozenset[str]] = frozenset()

    def get_fields(self) -> dict[str, Any]:
        fields = {}
        for name, field in super().get_fields().items():
            outside = camel(name)
            if outside != name and field.source is None:
                field.source = name
            fields[outside] = field
        return fields

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            known = [name for name, field in self.fields.items() if not field.read_only]
            if unknown := unknown_properties(data, known):
                raise serializers.ValidationError(unknown)
        return super().to_internal_value(data)


def unknown_properties(given: Iterable[object], known: Collection[str]) -> dict[str, list[ErrorDetail]]:
    """The errors at properties, or parameters, that are none of the known ones: as many as are listed, and one."""
    unknown = islice((str(name)[:MAX_QUOTED] for name in given if name not in known), MAX_PROBLEMS + 1)
    there = alternatives(known)
    return {
        name: [ErrorDetail(f"There is no property {name!r} here; there is {there}.", code="unknown")]
        for name in unknown
    }


def body_of(request: Request, serializer: type[StrictSerializer]) -> dict[str, Any]:
    """What a request's body says, by the properties' snake_case names. Raises DRF's ``ValidationError``."""
    return cleaned(request.data, serializer)


def cleaned(given: Any, serializer: type[StrictSerializer]) -> dict[str, Any]:
    """What is given, as the serializer takes it, by snake_case names. Raises DRF's ``ValidationError``."""
    return dict(_instance(serializer).run_validation(given))


def json_of(instance: Any, serializer: type[StrictSerializer]) -> dict[str, Any]:
    """An instance as the serializer shows it, by the properties' names outside."""
    return _instance(serializer).to_representation(instance)


@cache
def outer_names(serializer: type[StrictSerializer]) -> frozenset[str]:
    """The names of a serializer's properties outside, in camelCase."""
    return frozenset(_instance(serializer).fields)


@cache
def _instance(serializer: type[StrictSerializer]) -> StrictSerializer:
    # Each serializer copies its fields, which takes longer than what they check and show; that leaves nothing in them.
    return serializer()
