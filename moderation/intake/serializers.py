"""The forms of a submission: multipart with a file, or JSON with a URL or the bytes in base64."""

import base64
import binascii
import json
from collections.abc import Iterable
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from foundation import parsers
from foundation.fields import TextField
from foundation.http import MAX_URL
from moderation.intake.models import Priority

METADATA_BYTES = 16_000
DEEPEST = 100


@extend_schema_field({"type": "object", "additionalProperties": {}})
class MetadataField(serializers.JSONField):
    """The client's own JSON object, of at most 16 kB."""

    default_error_messages = {
        "object": "Must be a JSON object.",
        "deep": "Must not nest deeper than 100 levels.",
        "size": "Must be at most 16 kB as JSON.",
        "text": "Must not contain the character U+0000 or half a surrogate pair.",
    }

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            self.fail("object")
        if _is_deep(data):
            self.fail("deep")
        if len(json.dumps(data)) > METADATA_BYTES:
            self.fail("size")
        if not _is_storable(data):
            self.fail("text")
        return data


class MetadataTextField(MetadataField):
    """The same, as multipart brings it: in a text."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        try:
            return super().to_internal_value(parsers.loads(data) if isinstance(data, str) else data)
        except (ValueError, RecursionError):
            self.fail("object")


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


@extend_schema_field({"type": "string", "contentEncoding": "base64"})
class Base64Field(serializers.Field[bytes, Any, Any, Any]):
    """Bytes in base64 (RFC 4648, section 4), in which line breaks are passed over."""

    default_error_messages = {"invalid": "Must be base64."}

    def to_internal_value(self, data: Any) -> bytes:
        if not isinstance(data, str):
            self.fail("invalid")
        try:
            return base64.b64decode("".join(data.split()), validate=True)
        except (binascii.Error, ValueError):
            self.fail("invalid")


class ParticularsForm(serializers.Serializer[Any]):
    """What both forms say about an image."""

    external_id = TextField(max_length=200, required=False, allow_null=True, default=None, trim_whitespace=False)
    author_id = TextField(max_length=200, required=False, allow_null=True, default=None, trim_whitespace=False)
    metadata = MetadataField(required=False, default=dict)
    priority = serializers.ChoiceField(["low", "normal", "high"], required=False, default="normal")

    def validate_priority(self, value: str) -> Priority:
        return Priority[value.upper()]


class SubmissionUpload(ParticularsForm):
    """``POST /submissions`` as multipart."""

    file = serializers.FileField(allow_empty_file=True, max_length=None, help_text="the image")
    metadata = MetadataTextField(required=False, default=dict)


class SubmissionItem(ParticularsForm):
    """``POST /submissions`` as JSON, and one item of a batch: ``url`` or ``image_base64``."""

    url = TextField(max_length=MAX_URL, required=False, allow_null=True, default=None, help_text="http or https")
    image_base64 = Base64Field(required=False, allow_null=True, default=None, help_text="the image's bytes")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if (attrs["url"] is None) == (attrs["image_base64"] is None):
            raise serializers.ValidationError("Must have either 'url' or 'image_base64'.")
        return attrs


class ImportItem(ParticularsForm):
    """One row of an import."""

    url = TextField(max_length=MAX_URL, help_text="http or https")
    priority = serializers.ChoiceField(["low", "normal", "high"], required=False, default="low")
