"""Fields of JSON bodies that take what the schema says and nothing that merely looks like it."""

from typing import Any

from rest_framework import serializers


class TextField(serializers.CharField):
    """A JSON string: a number or a truth value is none."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class TrueOrFalse(serializers.BooleanField):
    """A JSON truth value: neither a text nor a number is one."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data
