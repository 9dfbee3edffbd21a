from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from foundation.ids import IdField
from moderation.clients.models import ApiKey, Client
from moderation.intake.models import Priority, Submission
from moderation.verdicts.models import HumanLabel

CLIENT_SIDE = "The client’s own moderation"


class CaseState(models.TextChoices):
    OPEN = "open"
    DECIDED = "decided"


class CaseReason(models.TextChoices):
    """Why people look at it."""

    POLICY = "policy", "The policy asks for review"
    FAILED = "failed", "The analysis failed"
    REPORT = "report", "The client reports a wrong verdict"
    APPEAL = "appeal", "The author appeals"


class Case(models.Model):
    """A submission that people look at, one per submission.

    Undoing its decision opens it again, and so do a report and an appeal.
    """

    id = IdField(prefix="case")
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="cases")
    submission = models.OneToOneField(Submission, on_delete=models.CASCADE, related_name="case")
    state = models.CharField(max_length=8, choices=CaseState.choices, default=CaseState.OPEN)
    reason = models.CharField(max_length=8, choices=CaseReason.choices)
    priority = models.SmallIntegerField(choices=Priority.choices, default=Priority.NORMAL, db_default=Priority.NORMAL)
    opened_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    escalation_note = models.TextField(blank=True, max_length=2000, db_default="")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["priority", "opened_at", "id"], name="case_queue", condition=Q(state=CaseState.OPEN))
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
    """What a moderator decided, here or by the client's key, and what lay before them when they did.

    ``case`` is null where nobody had asked for a decision.
    """

    id = IdField(prefix="dec")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="decisions", null=True)
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="decisions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="decisions", null=True)
    key = models.ForeignKey(ApiKey, on_delete=models.RESTRICT, related_name="decisions", null=True)
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
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(person=None, key__isnull=False) | Q(person__isnull=False, key=None),
                name="a_person_or_a_key_decides",
            )
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.submission_id}"

    def decider(self) -> str:
        """Return who decided, as pages call them."""
        return self.person.display_name() if self.person else CLIENT_SIDE


class Outcome(models.TextChoices):
    """What came of a report or an appeal."""

    UPHELD = "upheld"
    REJECTED = "rejected"


class Report(models.Model):
    """A client says that a verdict is wrong; the next decision on the submission settles it."""

    id = IdField(prefix="rpt")
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="reports")
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="reports")
    revision = models.PositiveIntegerField(help_text="of the verdict that is said to be wrong")
    expected = models.CharField(max_length=16, choices=HumanLabel.choices)
    note = models.TextField(blank=True, max_length=2000)
    created_at = models.DateTimeField(default=timezone.now)
    decision = models.ForeignKey(Decision, on_delete=models.SET_NULL, related_name="reports", null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["client", "-id"], name="report_by_client")]

    def __str__(self) -> str:
        return f"{self.expected} {self.submission_id}"

    @property
    def outcome(self) -> Outcome | None:
        """Upheld where the decision names what the client expected; None while nobody decided."""
        if self.decision is None:
            return None
        return Outcome.UPHELD if self.decision.label == self.expected else Outcome.REJECTED


class Appeal(models.Model):
    """The author of an image asks for another look; decided by somebody else than who decided before."""

    id = IdField(prefix="apl")
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="appeals")
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="appeals")
    revision = models.PositiveIntegerField(help_text="of the verdict that is appealed")
    statement = models.TextField(max_length=4000)
    opened_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    decision = models.ForeignKey(Decision, on_delete=models.SET_NULL, related_name="appeals", null=True)
    event_id = models.CharField(max_length=40, blank=True, help_text="of appeal.decided")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["client", "-id"], name="appeal_by_client")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["submission"], condition=Q(decided_at=None), name="one_open_appeal")
        ]

    def __str__(self) -> str:
        return f"{self.outcome or 'open'} {self.submission_id}"

    @property
    def state(self) -> str:
        return "decided" if self.decided_at else "open"
