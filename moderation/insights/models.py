from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.ids import IdField


class SavedView(models.Model):
    """A filter, an order and a shape of the explorer that a person named."""

    id = IdField(prefix="view")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=60)
    query = models.TextField(max_length=4000, help_text="of the explorer's address")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["person", "name"], name="one_view_per_person_and_name")
        ]

    def __str__(self) -> str:
        return self.name


class ArchiveState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")


class Archive(models.Model):
    """Pictures that a person asked for as one file, a folder for each class: made by a worker under a lease."""

    id = IdField(prefix="arc")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="archives")
    query = models.TextField(max_length=8000, help_text="of the explorer's address")
    state = models.CharField(max_length=8, choices=ArchiveState.choices, default=ArchiveState.QUEUED)
    pictures = models.PositiveIntegerField(default=0, help_text="that it is to hold")
    done = models.PositiveIntegerField(default=0, help_text="rows that were looked at")
    kept = models.PositiveIntegerField(default=0, help_text="pictures that are in it")
    bytes = models.PositiveBigIntegerField(default=0)
    path = models.CharField(max_length=200, blank=True)
    clients = models.JSONField(default=list, help_text="ids of those whose pictures are in it")
    failure = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    token = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    began_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["id"], name="archive_waiting", condition=Q(state__in=["queued", "running"])),
            models.Index(fields=["person", "-id"], name="archive_by_person"),
            models.Index(fields=["expires_at"], name="archive_expiring", condition=~Q(expires_at=None)),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_open(self) -> bool:
        return self.state in (ArchiveState.QUEUED, ArchiveState.RUNNING)
