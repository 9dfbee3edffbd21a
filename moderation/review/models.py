from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.ids import IdField
from moderation.clients.models import ApiKey, Client, Person, Role
from moderation.intake.models import Priority, Submission
from moderation.review.bulk.models import Bulk, BulkItem
from moderation.review.quality.models import GoldAnswer, SecondReview, Trainee
from moderation.verdicts.models import HumanLabel

__all__ = ["Bulk", "BulkItem", "GoldAnswer", "SecondReview", "Trainee"]

CLIENT_SIDE = _("The client’s own moderation")


class CaseState(models.TextChoices):
    OPEN = "open"
    DECIDED = "decided"


class CaseKind(models.TextChoices):
    """What a case is for; whoever works on it is not told."""

    FIRST = "first", _("Review")
    SECOND = "second", _("Blind second review")
    GOLD = "gold", _("Known answer")


class CaseReason(models.TextChoices):
    """Why people look at it."""

    AUDIT = "audit", _("Drawn at random")
    POLICY = "policy", _("The policy asks for review")
    UNCERTAIN = "uncertain", _("The verdict is uncertain")
    BAND = "band", _("The score lies in a band to review")
    DISAGREEMENT = "disagreement", _("The models disagree")
    FAILED = "failed", _("The analysis failed")
    REPORT = "report", _("The client reports a wrong verdict")
    APPEAL = "appeal", _("The author appeals")


class Case(models.Model):
    """A picture that people look at.

    A submission has at most one of kind ``first``, whose decision is the public one: undoing it opens the case again,
    and so do a report and an appeal. Cases of the other kinds measure people and change no verdict.

    Who works on it holds a claim: theirs until ``claimed_until``. ``claimed_by`` and ``claimed_at`` stay once decided.
    """

    id = IdField(prefix="case")
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="cases")
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="cases")
    kind = models.CharField(
        max_length=8, choices=CaseKind.choices, default=CaseKind.FIRST, db_default=CaseKind.FIRST.value
    )
    state = models.CharField(max_length=8, choices=CaseState.choices, default=CaseState.OPEN)
    reason = models.CharField(max_length=16, choices=CaseReason.choices)
    priority = models.SmallIntegerField(choices=Priority.choices, default=Priority.NORMAL, db_default=Priority.NORMAL)
    opened_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(null=True, help_text="by the client's service level")
    decided_at = models.DateTimeField(null=True)
    claimed_by = models.ForeignKey(Person, on_delete=models.SET_NULL, related_name="claims", null=True)
    claimed_at = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)
    assigned_to = models.ForeignKey(Person, on_delete=models.SET_NULL, related_name="assigned_cases", null=True)
    assigned_role = models.CharField(max_length=16, choices=Role.choices, blank=True, db_default="")
    escalated_at = models.DateTimeField(null=True)
    escalation_note = models.TextField(blank=True, max_length=2000, db_default="")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["submission"], condition=Q(kind=CaseKind.FIRST), name="one_first_case_per_submission"
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["priority", "due_at", "opened_at", "id"], name="case_queue", condition=Q(state=CaseState.OPEN)
            ),
            models.Index(
                fields=["claimed_by"], name="case_claimed", condition=Q(state=CaseState.OPEN, claimed_by__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def is_claimed(self) -> bool:
        """Say whether somebody holds the case at this moment."""
        return self.claimed_until is not None and self.claimed_until > timezone.now()


class SkipReason(models.TextChoices):
    """Why a person leaves a case to others."""

    UNSURE = "unsure", _("I am not sure")
    DISTRESSING = "distressing", _("I do not want to see this")
    INVOLVED = "involved", _("I know somebody in it")
    LANGUAGE = "language", _("I cannot read the language")
    OTHER = "other", _("Another reason")


class Skip(models.Model):
    """A person left a case to others; it is not handed to them again."""

    id = IdField(prefix="skp")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="skips")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="skips")
    reason = models.CharField(max_length=16, choices=SkipReason.choices)
    note = models.TextField(blank=True, max_length=2000)
    skipped_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "person"], name="one_skip_per_case_and_person")
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.case_id}"


class ReasonCode(models.TextChoices):
    """What a decision rests on (HTTP.md, "Labels")."""

    SOURCE_KNOWN = "source_known", _("The source is known")
    VISUAL_ARTIFACTS = "visual_artifacts", _("Visible artefacts")
    METADATA = "metadata", _("Metadata")
    KNOWN_COPY = "known_copy", _("Copy of a known picture")
    REPORT_UPHELD = "report_upheld", _("A report was right")
    OTHER = "other", _("Other")


class Decision(models.Model):
    """What a moderator decided, here or by the client's key, and what lay before them when they did.

    ``case`` is null where nobody had asked for a decision. ``first_label`` is what they said before they saw what the
    models say, in queues that ask for it.
    """

    id = IdField(prefix="dec")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="decisions", null=True)
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="decisions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="decisions", null=True)
    key = models.ForeignKey(ApiKey, on_delete=models.RESTRICT, related_name="decisions", null=True)
    label = models.CharField(max_length=16, choices=HumanLabel.choices)
    first_label = models.CharField(max_length=16, choices=HumanLabel.choices, blank=True, db_default="")
    reason_code = models.CharField(max_length=20, choices=ReasonCode.choices, blank=True)
    note = models.TextField(blank=True, max_length=2000)
    seen = models.JSONField(default=dict)
    replaced_revision = models.PositiveIntegerField(null=True, help_text="the verdict that stood before")
    revision = models.PositiveIntegerField()
    event_id = models.CharField(max_length=40)
    decided_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True)
    revises = models.ForeignKey("self", on_delete=models.SET_NULL, related_name="revisions", null=True)

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
        return self.person.display_name() if self.person else str(CLIENT_SIDE)


class Judgement(models.Model):
    """What a person said of a case that changes no verdict: a blind second review, or a picture with a known answer.

    Its id looks like a decision's, so that nobody can tell from it what kind of case they worked on.
    """

    id = IdField(prefix="dec")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="judgements")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="judgements")
    label = models.CharField(max_length=16, choices=HumanLabel.choices)
    first_label = models.CharField(max_length=16, choices=HumanLabel.choices, blank=True, db_default="")
    reason_code = models.CharField(max_length=20, choices=ReasonCode.choices, blank=True)
    note = models.TextField(blank=True, max_length=2000)
    seen = models.JSONField(default=dict)
    decided_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case"], condition=Q(undone_at=None), name="one_standing_judgement")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["person", "-decided_at"], name="judgement_by_person")
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.case_id}"

    def decider(self) -> str:
        """Return who judged, as pages call them."""
        return self.person.display_name()


class Queue(models.Model):
    """A saved filter over the open cases, and how its cases are shown; a personal one has an owner."""

    id = IdField(prefix="que")
    name = models.CharField(max_length=60)
    slug = models.SlugField(max_length=80, unique=True)
    position = models.PositiveIntegerField(default=0)
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="queues", null=True, blank=True)
    filter = models.JSONField(default=dict, blank=True)
    blur = models.BooleanField(default=True, help_text="pictures start blurred, where the person chose nothing else")
    grey = models.BooleanField(default=False, help_text="pictures start grey, where the person chose nothing else")
    evidence_first = models.BooleanField(
        default=False, help_text="what the models say is hidden until the person has said something"
    )
    due_minutes = models.PositiveIntegerField(
        null=True, blank=True, help_text="a case is due after that many minutes; empty for the client's service level"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "name", "id"]

    def __str__(self) -> str:
        return self.name


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
    by_visitor = models.BooleanField(
        default=False, db_default=False, help_text="from a page, by somebody of whom nothing need be known"
    )
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
    person = models.ForeignKey(
        Person, on_delete=models.SET_NULL, related_name="appeals", null=True, help_text="who appeals, with an account"
    )
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


class Stretch(models.Model):
    """Time that a person spent with pictures without a pause, and what they saw of them; for their own eyes."""

    id = IdField(prefix="str")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="stretches")
    began_at = models.DateTimeField(default=timezone.now)
    last_at = models.DateTimeField(default=timezone.now)
    shown = models.PositiveIntegerField(default=0)
    revealed = models.PositiveIntegerField(default=0)
    last_case = models.CharField(max_length=40, blank=True, help_text="which was shown last")
    last_revealed = models.BooleanField(default=False)
    quiet_until = models.DateTimeField(null=True, help_text="until then no break is suggested")

    class Meta:
        verbose_name_plural = "stretches"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["person", "-id"], name="stretch_by_person")]

    def __str__(self) -> str:
        return f"{self.shown} by {self.person_id}"
