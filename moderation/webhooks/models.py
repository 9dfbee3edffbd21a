from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from foundation.http import MAX_URL
from foundation.ids import IdField
from moderation.clients.models import Client
from moderation.events.models import Event
from moderation.webhooks import signing, validators

EXCERPT = 1024


class Endpoint(models.Model):
    """An address of a client's that wants to be told."""

    id = IdField(prefix="whe")
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="endpoints")
    url = models.CharField(max_length=MAX_URL, validators=[validators.allowed_url])
    description = models.CharField(max_length=200, blank=True)
    event_types: models.JSONField[Any, Any] = models.JSONField(
        default=list, blank=True, validators=[validators.known_types], help_text="a list; empty means all"
    )
    secret = models.CharField(max_length=120, default=signing.new_secret, editable=False)
    retiring: models.JSONField[Any, Any] = models.JSONField(
        default=list, editable=False, help_text="replaced secrets that still sign: [{secret, until}]"
    )
    contact = models.EmailField(blank=True, help_text="who is written to when Assay disables it")
    enabled = models.BooleanField(default=True)
    disabled_reason = models.CharField(max_length=200, blank=True)
    disabled_at = models.DateTimeField(null=True, editable=False)
    notice_at = models.DateTimeField(null=True, editable=False, help_text="when to write to the contact")
    failures = models.PositiveIntegerField(default=0, editable=False, help_text="since the last success")
    failing_since = models.DateTimeField(null=True, editable=False)
    resting_until = models.DateTimeField(null=True, editable=False, help_text="nothing is sent before")
    headers: models.JSONField[Any, Any] = models.JSONField(
        default=dict, blank=True, validators=[validators.harmless_headers], help_text="an object of names and values"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["notice_at"], name="endpoint_notice", condition=Q(notice_at__isnull=False))
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def wants(self, type_: str) -> bool:
        return not self.event_types or type_ in self.event_types

    def secrets(self) -> list[str]:
        """Return the secrets that sign now, the newest first."""
        return [self.secret, *(one["secret"] for one in self.overlapping())]

    def overlapping(self) -> list[dict[str, str]]:
        """Return the replaced secrets that still sign, the newest first, each with the time ``until`` when it does."""
        now = timezone.now()
        return [one for one in self.retiring if datetime.fromisoformat(one["until"]) > now]


class State(models.TextChoices):
    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


class Delivery(models.Model):
    """An event on its way to an endpoint: claimed under a lease, settled by whoever holds its token."""

    id = IdField(prefix="dlv")
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+", help_text="the endpoint's")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="deliveries")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    replays = models.PositiveIntegerField(default=0)
    tried_before = models.PositiveIntegerField(default=0, help_text="attempts before the last replay")
    next_at = models.DateTimeField(default=timezone.now)
    token = models.UUIDField(null=True, editable=False)
    leased_until = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["event", "endpoint"], name="one_delivery_per_event_and_endpoint")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["endpoint", "next_at", "id"], name="delivery_due", condition=Q(state="pending", token=None)
            ),
            models.Index(fields=["endpoint", "leased_until"], name="delivery_leased", condition=Q(token__isnull=False)),
            models.Index(fields=["client", "id"], name="delivery_of_client"),
            models.Index(fields=["endpoint", "created_at"], name="delivery_of_endpoint"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def round(self) -> int:
        """Return how many attempts were made since it was queued, or replayed."""
        return self.attempts - self.tried_before


class Attempt(models.Model):
    """One try at a delivery, and what came of it."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="tries")
    number = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    milliseconds = models.PositiveIntegerField()
    status_code = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=300, blank=True)
    response_excerpt = models.CharField(max_length=EXCERPT, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["delivery", "number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["delivery", "number"], name="one_attempt_per_number")
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id} #{self.number}"
