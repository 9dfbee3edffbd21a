"""What the keys API takes."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from moderation.clients.models import Scope

DAY = 86_400
LONGEST_OVERLAP = 30 * DAY


class KeyForm(serializers.Serializer[Any]):
    """The body of ``POST /keys``."""

    name = serializers.CharField(max_length=120)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(Scope.choices), allow_empty=False, max_length=len(Scope)
    )
    expires_at = serializers.DateTimeField(
        required=False, allow_null=True, default=None, help_text="null: until it is deleted"
    )

    def validate_scopes(self, value: list[str]) -> list[str]:
        return [scope.value for scope in Scope if scope in value]

    def validate_expires_at(self, value: datetime | None) -> datetime | None:
        if value is not None and value <= timezone.now():
            raise serializers.ValidationError("Must be in the future.")
        return value


class KeyRotationForm(serializers.Serializer[Any]):
    """The body of ``POST /keys/{id}/rotate``."""

    overlap_seconds = serializers.IntegerField(
        required=False,
        default=DAY,
        min_value=0,
        max_value=LONGEST_OVERLAP,
        help_text="how long the old secret stays good; 0 ends it at once",
    )
