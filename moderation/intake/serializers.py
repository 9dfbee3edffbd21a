"""The form of a submission's request body."""

import json
from typing import Any

from rest_framework import serializers

from moderation.intake.models import Priority

METADATA_BYTES = 16_000


class MetadataField(serializers.JSONField):
    """The client's own JSON object, of at most 16 kB; in multipart it comes as text."""

    default_error_messages = {
        "object": "Must be a JSON object.",
        "size": "Must be at most 16 kB as JSON.",
        "nul": "Must not contain the character U+0000.",
    }

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        value = super().to_internal_value(self._parsed(data))
        if not isinstance(value, dict):
            self.fail("object")
        text = json.dumps(value)
        if len(text.encode()) > METADATA_BYTES:
            self.fail("size")
        if "\\u0000" in text:
            self.fail("nul")
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


class SubmissionForm(serializers.Serializer[Any]):
    """The fields of ``POST /submissions``."""

    file = serializers.FileField(allow_empty_file=True, max_length=None, help_text="the image")
    external_id = serializers.CharField(max_length=200, required=False, allow_null=True, default=None)
    author_id = serializers.CharField(max_length=200, required=False, allow_null=True, default=None)
    metadata = MetadataField(required=False, default=dict)
    priority = serializers.ChoiceField(["low", "normal", "high"], required=False, default="normal")

    def validate_priority(self, value: str) -> Priority:
        return Priority[value.upper()]
