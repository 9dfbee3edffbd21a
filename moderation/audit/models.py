from typing import Any, ClassVar

from django.db import models


class Entry(models.Model):
    """One line of the log. Actor, object and client are opaque identifiers; no personal data stands here.

    The database refuses to change and to delete lines, and to empty the table.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    action = models.CharField(max_length=64)
    object_id = models.CharField(max_length=64, db_index=True)
    client = models.CharField(
        max_length=40, blank=True, default="", db_default="", help_text="whose the object is; empty: the installation's"
    )
    data = models.JSONField(default=dict)
    before = models.JSONField(null=True, help_text="what the change replaced, where it is a change")
    after = models.JSONField(null=True)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        verbose_name_plural = "entries"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["client", "-id"], name="audit_by_client"),
            models.Index(fields=["action", "-id"], name="audit_by_action"),
            models.Index(fields=["actor", "-id"], name="audit_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_id}"


class Checkpoint(models.Model):
    """Where the log stood at a time, signed: a log that is shorter than a checkpoint says was cut."""

    entry_id = models.BigIntegerField(unique=True, help_text="the last entry then")
    token = models.TextField(help_text="the signed statement; copies of it stand in the process log and the storage")
    created_at = models.DateTimeField()

    objects: ClassVar[Any] = models.Manager()

    def __str__(self) -> str:
        return f"up to {self.entry_id}"
