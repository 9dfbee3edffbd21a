"""The events of the API, for OpenAPI."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema_serializer
from rest_framework import serializers

CREATED = [
    OpenApiParameter("created_after", {"type": "string", "format": "date-time"}),
    OpenApiParameter("created_before", {"type": "string", "format": "date-time"}),
]
SAMPLE = {
    "id": "evt_01kakzv6yx7wn2m4v8a0d3c5fh",
    "type": "submission.analysed",
    "timestamp": "2026-11-21T09:00:00.000000Z",
    "subject": "sub_01kakzv5qj9d3x0e8c7b6a5t4s",
    "data": {"id": "sub_01kakzv5qj9d3x0e8c7b6a5t4s", "state": "analysed"},
    "erased_at": None,
}


@extend_schema_serializer(examples=[OpenApiExample("Told", SAMPLE)])
class EventSchema(serializers.Serializer[Any]):
    """An event as it was told; ``type``, ``timestamp`` and ``data`` are the webhook's body."""

    id = serializers.CharField(help_text="the webhook-id of every delivery")
    type = serializers.CharField()
    timestamp = serializers.DateTimeField()
    subject = serializers.CharField(help_text="what it is about")
    data = serializers.DictField()  # type: ignore[assignment]  # a field named as a property of serializers
    erased_at = serializers.DateTimeField(allow_null=True, help_text="when its data went with the submission")


class EventPageSchema(serializers.Serializer[Any]):
    results = EventSchema(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
