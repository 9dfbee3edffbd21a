"""Endpoints, deliveries and statistics, for OpenAPI: what :mod:`moderation.webhooks.presentation` shows."""

from typing import Any

from rest_framework import serializers

from moderation.webhooks.health import STATES
from moderation.webhooks.models import State


class HealthSchema(serializers.Serializer[Any]):
    state = serializers.ChoiceField(STATES)
    failures = serializers.IntegerField(help_text="attempts that failed since the last success")
    failing_since = serializers.DateTimeField(allow_null=True)
    resting_until = serializers.DateTimeField(allow_null=True, help_text="nothing is sent before, to let it recover")


class EndpointSchema(serializers.Serializer[Any]):
    """An address that is told of events."""

    id = serializers.CharField()
    url = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    event_types = serializers.ListField(child=serializers.CharField(), help_text="empty means all")
    headers = serializers.DictField(child=serializers.CharField())
    contact = serializers.CharField(allow_blank=True)
    enabled = serializers.BooleanField()
    disabled_reason = serializers.CharField(allow_null=True)
    disabled_at = serializers.DateTimeField(allow_null=True)
    secret = serializers.CharField(allow_null=True, help_text="in the creating and the rotating answer only")
    old_secrets_end_at = serializers.DateTimeField(allow_null=True, help_text="until when replaced secrets sign too")
    health = HealthSchema()
    created_at = serializers.DateTimeField()


class AttemptSchema(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    started_at = serializers.DateTimeField()
    milliseconds = serializers.IntegerField()
    status_code = serializers.IntegerField(allow_null=True)
    error = serializers.CharField(allow_null=True)
    response_excerpt = serializers.CharField(allow_blank=True, help_text="the first kilobyte")


class DeliverySchema(serializers.Serializer[Any]):
    """An event on its way to an endpoint."""

    id = serializers.CharField()
    webhook_id = serializers.CharField(help_text="the event's id, also when it is replayed")
    event = serializers.CharField()
    type = serializers.CharField()
    subject = serializers.CharField()
    endpoint = serializers.CharField()
    state = serializers.ChoiceField(State.choices)
    replays = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    next_attempt_at = serializers.DateTimeField(allow_null=True)
    delivered_at = serializers.DateTimeField(allow_null=True)
    attempts = AttemptSchema(many=True)


class StatisticsSchema(serializers.Serializer[Any]):
    """Deliveries that were queued since ``since``, and their attempts."""

    since = serializers.DateTimeField()
    delivered = serializers.IntegerField()
    failed = serializers.IntegerField()
    pending = serializers.IntegerField()
    retried = serializers.IntegerField(help_text="deliveries that took more than one attempt")
    attempts = serializers.IntegerField()
    milliseconds_p50 = serializers.IntegerField(allow_null=True)
    milliseconds_p95 = serializers.IntegerField(allow_null=True)
    last_delivered_at = serializers.DateTimeField(allow_null=True)
    oldest_pending_at = serializers.DateTimeField(allow_null=True)


class QueuedSchema(serializers.Serializer[Any]):
    queued = serializers.IntegerField(help_text="how many deliveries")


class QueuedOneSchema(QueuedSchema):
    delivery = serializers.CharField()
    event = serializers.CharField(help_text="the webhook-id")


class _PageSchema(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class EndpointPageSchema(_PageSchema):
    results = EndpointSchema(many=True)


class DeliveryPageSchema(_PageSchema):
    results = DeliverySchema(many=True)
