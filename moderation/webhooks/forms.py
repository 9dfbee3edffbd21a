"""What the API takes of endpoints."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from foundation.http import MAX_URL
from moderation.webhooks.event_types import EventType
from moderation.webhooks.rotation import DAY, LONGEST_OVERLAP

EXAMPLE = {
    "url": "https://hooks.harbour.example/assay",
    "description": "Production",
    "event_types": ["submission.analysed", "verdict.revised"],
    "headers": {"X-Environment": "production"},
    "contact": "ops@harbour.example",
}


def _text(longest: int, **options: Any) -> serializers.CharField:
    return serializers.CharField(max_length=longest, allow_blank=True, required=False, **options)


class EndpointChange(serializers.Serializer[Any]):
    """``PATCH /webhook_endpoints/{id}``; what is left out stays."""

    url = serializers.CharField(max_length=MAX_URL, required=False)
    description = _text(200)
    event_types = serializers.ListField(
        child=serializers.ChoiceField(EventType.choices), required=False, max_length=50, help_text="empty means all"
    )
    headers = serializers.DictField(
        child=serializers.CharField(max_length=1024, trim_whitespace=False),
        required=False,
        help_text="sent with every request",
    )
    contact = serializers.EmailField(
        required=False, allow_blank=True, max_length=254, help_text="who is written to when Assay disables it"
    )
    enabled = serializers.BooleanField(required=False)


@extend_schema_serializer(examples=[OpenApiExample("All of it", EXAMPLE, request_only=True)])
class EndpointForm(EndpointChange):
    """``POST /webhook_endpoints``."""

    url = serializers.CharField(max_length=MAX_URL)


class RotationForm(serializers.Serializer[Any]):
    """``POST /webhook_endpoints/{id}/rotate_secret``."""

    overlap_seconds = serializers.IntegerField(
        required=False,
        default=int(DAY.total_seconds()),
        min_value=0,
        max_value=int(LONGEST_OVERLAP.total_seconds()),
        help_text="how long the old secret signs too",
    )


@extend_schema_serializer(
    examples=[OpenApiExample("An hour", {"since": "2026-11-21T08:00:00Z", "until": "2026-11-21T09:00:00Z"})]
)
class ReplayForm(serializers.Serializer[Any]):
    """``POST /webhook_endpoints/{id}/replay``: events that happened from ``since`` to before ``until``."""

    since = serializers.DateTimeField()
    until = serializers.DateTimeField(required=False, help_text="now, where it is left out")
    undelivered_only = serializers.BooleanField(
        required=False, default=False, help_text="only what failed, or was not queued for this endpoint at all"
    )
