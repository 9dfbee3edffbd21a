"""The forms and answers of known images, for reading requests and for OpenAPI."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from foundation.fields import TextField
from moderation.matching.models import DIGITS, KnownLabel, KnownSource

SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
PHASH = "b3a59c6e4d3192f8c7e0561b9a7d3f42e8156cb09d27f3a4615e8bd2074fc93a"
LONGEST_NOTE = 2000


@extend_schema_field({"type": "string", "pattern": f"^[0-9A-Fa-f]{{{DIGITS}}}$"})
class HexField(TextField):
    """256 bits as hexadecimal digits, in either case; kept in lower case."""

    default_error_messages = {"digits": f"Must be {DIGITS} hexadecimal digits."}

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data).lower()
        if len(text) != DIGITS or set(text) - set("0123456789abcdef"):
            self.fail("digits")
        return text


class KnownForm(serializers.Serializer[Any]):
    label = serializers.ChoiceField(KnownLabel.choices)  # type: ignore[assignment]  # a field named as a field option
    note = TextField(max_length=LONGEST_NOTE, required=False, default="", allow_blank=True)


@extend_schema_serializer(
    examples=[OpenApiExample("By its hashes", {"sha256": SHA256, "phash": PHASH, "label": "ai_generated"})]
)
class KnownHashesForm(KnownForm):
    """``POST /known_images`` as JSON: at least one of the hashes."""

    sha256 = HexField(required=False, default="", help_text="of the file")
    phash = HexField(required=False, default="", help_text="of the picture: ImageHash's phash of 16 x 16 bits")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["sha256"] and not attrs["phash"]:
            raise serializers.ValidationError("Must have 'sha256', 'phash' or both.")
        return attrs


class KnownUpload(KnownForm):
    """``POST /known_images`` as multipart: the picture itself, which is hashed and not kept."""

    file = serializers.FileField(allow_empty_file=True, max_length=None, help_text="the image")


SAMPLE = {
    "id": "kim_01kakzv6yx7wn2m4v8a0d3c5fh",
    "sha256": SHA256,
    "phash": PHASH,
    "label": "ai_generated",
    "note": "",
    "source": "bank",
    "submission": None,
    "created_at": "2026-11-21T09:00:00.000000Z",
}


@extend_schema_serializer(examples=[OpenApiExample("Of the bank", SAMPLE)])
class KnownImageSchema(serializers.Serializer[Any]):
    """A picture of which the client knows what it is."""

    id = serializers.CharField()
    sha256 = serializers.CharField(allow_null=True)
    phash = serializers.CharField(allow_null=True)
    label = serializers.ChoiceField(KnownLabel.choices)  # type: ignore[assignment]  # a field named as a field option
    note = serializers.CharField()
    source = serializers.ChoiceField(KnownSource.choices)  # type: ignore[assignment]  # a field named as a field option
    submission = serializers.CharField(allow_null=True, help_text="the one that a person decided about")
    created_at = serializers.DateTimeField()


class KnownImagePageSchema(serializers.Serializer[Any]):
    results = KnownImageSchema(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
