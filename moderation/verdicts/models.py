from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.ids import IdField
from moderation.clients.models import Client
from moderation.intake.models import Submission
from moderation.registry.models import ModelVersion


class Label(models.TextChoices):
    REAL = "real"
    AI_GENERATED = "ai_generated"
    EDITED = "edited"
    UNCERTAIN = "uncertain"


class HumanLabel(models.TextChoices):
    """What a person may decide."""

    REAL = "real", _("Real")
    AI_GENERATED = "ai_generated", _("AI-generated")
    EDITED = "edited", _("Edited")
    CANNOT_TELL = "cannot_tell", _("Cannot tell")


class Action(models.TextChoices):
    ALLOW = "allow"
    LABEL = "label"
    REVIEW = "review"
    BLOCK = "block"


class DecidedBy(models.TextChoices):
    POLICY = "policy"
    PERSON = "person"


class KnownRule(models.TextChoices):
    """Which known pictures of the client decide; every match is shown, whatever the rule."""

    OFF = "off", "None"
    EXACT = "exact", "The same file"
    NEAR = "near", "The same file, and near copies of what is not real"


class Finding(models.Model):
    """What one model said about an image, or about one face in it."""

    id = IdField(prefix="fnd")
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="findings")
    model = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="findings")
    role = models.CharField(max_length=32)
    probability = models.FloatField(help_text="calibrated P(not real), 0 to 1")
    score = models.FloatField(help_text="raw logit")
    box = models.JSONField(null=True, help_text="[x, y, width, height], upright pixels")
    label = models.CharField(max_length=16, choices=Label.choices)
    thresholds = models.JSONField(default=dict)
    has_heatmap = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["role", "id"]

    def __str__(self) -> str:
        return f"{self.role} {self.probability:.2f}"


class Provenance(models.Model):
    """What the file of a submission says of its own origin; a submission without a row was not examined."""

    submission = models.OneToOneField(Submission, on_delete=models.CASCADE, primary_key=True, related_name="provenance")
    findings = models.JSONField(default=list, help_text="kind, trust, suggests, summary and details of each")
    trust_list = models.CharField(
        max_length=64, blank=True, help_text="SHA-256 of the C2PA trust list at that time; empty for none"
    )
    examined_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name_plural = "provenance"

    def __str__(self) -> str:
        return f"{len(self.findings)} of {self.submission_id}"


class Policy(models.Model):
    """A named set of rules, a client's or, without one, the installation's; what it says stands in its versions."""

    id = IdField(prefix="pol")
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="policies", null=True, blank=True)
    name = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name_plural = "policies"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["client", "name"], nulls_distinct=False, name="one_policy_per_client_and_name"
            )
        ]

    def __str__(self) -> str:
        return self.name


class PolicyVersion(models.Model):
    """One immutable version of a policy."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    thresholds = models.JSONField()
    required_roles = models.JSONField()
    actions = models.JSONField()
    believe_signed_ai = models.BooleanField(
        default=False,
        db_default=False,
        help_text="a C2PA manifest of a signer on the trust list that says AI-generated makes the verdict say so",
    )
    known_images = models.CharField(
        max_length=8,
        choices=KnownRule.choices,
        default=KnownRule.OFF,
        db_default=KnownRule.OFF,
        help_text="which pictures that the client's people decided about, or that its bank holds, decide",
    )
    review = models.JSONField(
        default=dict,
        db_default={},
        blank=True,
        help_text="when people look besides: bands of scores, disagreement of the models, share of a random sample",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar[list[str]] = ["policy", "-number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["policy", "number"], name="one_policy_version_per_number")
        ]

    def __str__(self) -> str:
        return f"{self.policy} {self.number}"


class ClientPolicy(models.Model):
    """Which policy a client has; without a row it has the default one."""

    client = models.OneToOneField(Client, on_delete=models.CASCADE, related_name="policy_choice")
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="client_choices")

    class Meta:
        verbose_name_plural = "client policies"

    def __str__(self) -> str:
        return f"{self.client}: {self.policy}"

    def clean(self) -> None:
        if self.policy.client_id not in (None, self.client_id):
            raise ValidationError({"policy": "This policy belongs to another client."})


class Verdict(models.Model):
    """One revision of what is held of a submission; the one with ``is_current`` stands."""

    id = IdField(prefix="vrd")
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="verdicts")
    revision = models.PositiveIntegerField()
    is_current = models.BooleanField(default=True)
    label = models.CharField(max_length=16, choices=Label.choices)
    action = models.CharField(max_length=8, choices=Action.choices)
    confidence = models.FloatField(null=True)
    decided_by = models.CharField(max_length=8, choices=DecidedBy.choices)
    decided_at = models.DateTimeField(default=timezone.now)
    policy_version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="verdicts")
    reasons = models.JSONField()
    roles_run = models.JSONField(default=dict, help_text="role to the id of the model that ran")
    decision = models.JSONField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["submission", "-revision"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["submission", "revision"], name="one_verdict_per_revision"),
            models.UniqueConstraint(fields=["submission"], condition=Q(is_current=True), name="one_current_verdict"),
        ]

    def __str__(self) -> str:
        return f"{self.label} ({self.action})"
