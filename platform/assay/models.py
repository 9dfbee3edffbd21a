from typing import ClassVar

from django.db import models
from django.utils import timezone


class Receipt(models.Model):
    """What the demo's own webhook receiver was sent, and whether its signature held."""

    webhook_id = models.CharField(max_length=100)
    type = models.CharField(max_length=64)
    verified = models.BooleanField()
    received_at = models.DateTimeField(default=timezone.now)
    body = models.TextField()

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return self.webhook_id
