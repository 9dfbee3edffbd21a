"""The form of a submission's request body."""

import json
from collections.abc import Iterable
from typing import Any

from rest_framework import serializers

from moderation.intake.models import Priority

METADATA_BYTES = 16_000
DEEPEST = 100


class MetadataField(serializers.JSONField):
    """The client's own JSON object, of at most 16 kB; in multipart it comes as text."""

    default_error_messages = {
        "object": "Must be a JSON object.",
        "deep": "Must not nest deeper than 100 levels.",
        "size": "Must be at most 16 kB as JSON.",
        "text": "Must not contain the character U+0000 or half a surrogate pair.",
    }

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        value = super().to_internal_value(self._parsed(data))
        if not isinstance(value, dict):
            self.fail("object")
        if _is_deep(value):
            self.fail("deep")
        if len(json.dumps(value)) > METADATA_BYTES:
            self.fail("size")
        if not _is_storable(value):
            self.fail("text")
        return value

    def _parsed(self, data: Any) -> Any:
        if not isinstance(data, str):
            return data
        try:
            return json.loads(data, parse_constant=self._refuse_constant)
        except (ValueError, RecursionError):
            self.fail("object")

    def _refuse_constant(self, name: str) -> None:
        raise ValueError(name)


def _is_deep(value: Any) -> bool:
    """Say whether ``value`` nests so deep that what writes JSON later could run out of stack."""
    level = [value]
    for _ in range(DEEPEST + 1):
        level = [inner for one in level for inner in _inside(one)]
        if not level:
            return False
    return True


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _is_storable(value: Any) -> bool:
    """Say whether PostgreSQL keeps the JSON value: its texts hold no U+0000 and no lone surrogates, escaped or not."""
    text = json.dumps(value, ensure_ascii=False).replace(r"\\", "")
    return r"\u0000" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


class SubmissionForm(serializers.Serializer[Any]):
    """The fields of ``POST /submissions``."""

    file = serializers.FileField(allow_empty_file=True, max_length=None, help_text="the image")
    external_id = serializers.CharField(
        max_length=200, required=False, allow_null=True, default=None, trim_whitespace=False
    )
    author_id = serializers.CharField(
        max_length=200, required=False, allow_null=True, default=None, trim_whitespace=False
    )
    metadata = MetadataField(required=False, default=dict)
    priority = serializers.ChoiceField(["low", "normal", "high"], required=False, default="normal")

    def validate_priority(self, value: str) -> Priority:
        return Priority[value.upper()]
