from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from foundation.ids import IdField
from moderation.intake.models import Submission


class Owner(models.Model):
    """Whose account a check on the page belongs to; a check without an account is remembered by its browser alone."""

    id = IdField(prefix="own")
    submission = models.OneToOneField(Submission, on_delete=models.CASCADE, related_name="owner")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="owned")

    class Meta:
        verbose_name_plural = "owners"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["person", "-id"], name="owned_by_person")]

    def __str__(self) -> str:
        return self.submission_id


class SharedLink(models.Model):
    """A link under which anyone who has it may open a result until it expires, or until its owner closes it."""

    id = IdField(prefix="shr")
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="shared_links")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "shared links"

    def __str__(self) -> str:
        return str(self.pk)

    def is_open(self, at: datetime) -> bool:
        return self.closed_at is None and self.expires_at > at
