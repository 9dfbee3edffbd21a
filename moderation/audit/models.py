from typing import ClassVar

from django.db import models


class Entry(models.Model):
    """One line of the log. Actor and object are opaque identifiers; no personal data stands here."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    action = models.CharField(max_length=64)
    object_id = models.CharField(max_length=64, db_index=True)
    data = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        verbose_name_plural = "entries"

    def __str__(self) -> str:
        return f"{self.action} {self.object_id}"
