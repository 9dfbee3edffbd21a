from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from foundation.ids import IdField
from moderation.clients.models import Client
from moderation.intake.models import Submission
from moderation.verdicts.models import HumanLabel


class CaseState(models.TextChoices):
    OPEN = "open"
    DECIDED = "decided"


class CaseReason(models.TextChoices):
    """Why people look at it."""

    POLICY = "policy", "The policy asks for review"
    FAILED = "failed", "The analysis failed"


class Case(models.Model):
    """A submission that people look at, one per submission; undoing its decision opens it again."""

    id = IdField(prefix="case")
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="cases")
    submission = models.OneToOneField(Submission, on_delete=models.CASCADE, related_name="case")
    state = models.CharField(max_length=8, choices=CaseState.choices, default=CaseState.OPEN)
    reason = models.CharField(max_length=8, choices=CaseReason.choices)
    opened_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["opened_at", "id"], name="case_queue", condition=Q(state=CaseState.OPEN))
        ]

    def __str__(self) -> str:
        return str(self.pk)


class ReasonCode(models.TextChoices):
    """What a decision rests on (HTTP.md, "Labels")."""

    SOURCE_KNOWN = "source_known", "The source is known"
    VISUAL_ARTIFACTS = "visual_artifacts", "Visible artefacts"
    METADATA = "metadata", "Metadata"
    KNOWN_COPY = "known_copy", "Copy of a known picture"
    REPORT_UPHELD = "report_upheld", "A report was right"
    OTHER = "other", "Other"


class Decision(models.Model):
    """What a person decided, and what lay before them when they did."""

    id = IdField(prefix="dec")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="decisions")
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="decisions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="decisions")
    label = models.CharField(max_length=16, choices=HumanLabel.choices)
    reason_code = models.CharField(max_length=20, choices=ReasonCode.choices, blank=True)
    note = models.TextField(blank=True, max_length=2000)
    seen = models.JSONField(default=dict)
    replaced_revision = models.PositiveIntegerField(null=True, help_text="the verdict that stood before")
    revision = models.PositiveIntegerField()
    event_id = models.CharField(max_length=40)
    decided_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return f"{self.label} {self.submission_id}"
