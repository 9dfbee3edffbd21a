from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from foundation.ids import IdField
from moderation.clients.models import Client


class Event(models.Model):
    """A fact that was, or will be, told to the outside; written in the transaction of the fact."""

    id = IdField(prefix="evt")
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="events")
    type = models.CharField(max_length=64)
    subject = models.CharField(max_length=64, db_index=True)
    body = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    not_before = models.DateTimeField(default=timezone.now)
    retracted_at = models.DateTimeField(null=True)
    dispatched_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True, help_text="its body is gone with the submission")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["not_before"], name="event_undispatched", condition=Q(dispatched_at=None, retracted_at=None)
            ),
            models.Index(fields=["client", "id"], name="event_of_client", condition=Q(dispatched_at__isnull=False)),
            models.Index(fields=["client", "created_at"], name="event_of_client_at"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.subject}"
