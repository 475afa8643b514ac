"""The base of all serializers: camelCase outside, snake_case inside, and nothing unknown let through."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


def camel(name: str) -> str:
    """``plural_name`` → ``pluralName``."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


class Text(serializers.CharField):
    """A text: JSON strings only. DRF's own field would also turn numbers into texts."""

    default_error_messages = {"invalid": "Not a text."}

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


class StrictSerializer(serializers.Serializer):
    """Declared in snake_case, spoken in camelCase; an unknown property is an error at that property."""

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
            known = {name for name, field in self.fields.items() if not field.read_only}
            unknown = [str(name) for name in data if name not in known]
            if unknown:
                raise serializers.ValidationError(
                    {
                        name[:80]: [
                            serializers.ErrorDetail(
                                f"There is no property {name[:80]!r} here; there is {', '.join(sorted(known))}.",
                                code="unknown",
                            )
                        ]
                        for name in unknown
                    }
                )
        return super().to_internal_value(data)

    def create(self, validated_data: Any) -> Any:
        raise NotImplementedError("writes go through the services")

    def update(self, instance: Any, validated_data: Any) -> Any:
        raise NotImplementedError("writes go through the services")
