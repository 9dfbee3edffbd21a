from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.ids import IdField
from moderation.clients.models import Person
from moderation.intake.models import Submission
from moderation.verdicts.models import HumanLabel


class BulkState(models.TextChoices):
    DRAFT = "draft", _("Not started")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    STOPPED = "stopped", _("Stopped")
    UNDOING = "undoing", _("Being undone")
    UNDONE = "undone", _("Undone")


AT_WORK = (BulkState.RUNNING, BulkState.UNDOING)


class Bulk(models.Model):
    """One decision about many submissions: claimed by a worker under a lease, continued where it was left."""

    id = IdField(prefix="blk")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="bulks")
    state = models.CharField(max_length=8, choices=BulkState.choices, default=BulkState.DRAFT)
    label = models.CharField(max_length=16, choices=HumanLabel.choices, blank=True)
    reason_code = models.CharField(max_length=20, blank=True)
    note = models.TextField(blank=True, max_length=2000)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0, help_text="items that have an outcome, or had theirs undone")
    token = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["id"], name="bulk_at_work", condition=Q(state__in=["running", "undoing"])),
            models.Index(fields=["person", "-id"], name="bulk_by_person"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def share(self) -> int:
        """How much of the present work is done, 0 to 100."""
        return 100 * self.done // self.total if self.total else 100


class BulkOutcome(models.TextChoices):
    DECIDED = "decided"
    LEFT = "left"
    UNDONE = "undone"
    KEPT = "kept"


class BulkItem(models.Model):
    """What became of one submission: decided, or left alone and why; then undone, or kept and why."""

    id = IdField(prefix="bki")
    bulk = models.ForeignKey(Bulk, on_delete=models.CASCADE, related_name="items")
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="bulk_items")
    decision = models.ForeignKey("review.Decision", on_delete=models.SET_NULL, null=True, related_name="bulk_items")
    outcome = models.CharField(max_length=8, choices=BulkOutcome.choices, blank=True)
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["bulk", "submission"], name="one_item_per_bulk_and_submission")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["bulk", "outcome", "id"], name="bulk_item_left")]

    def __str__(self) -> str:
        return f"{self.outcome} {self.submission_id}"
