from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from foundation.ids import IdField
from moderation.clients.models import Person
from moderation.intake.models import Submission
from moderation.verdicts.models import HumanLabel


class SecondReview(models.Model):
    """A decision that somebody else looks at blindly; a lead settles it where the two do not agree."""

    id = IdField(prefix="rev")
    case = models.OneToOneField("review.Case", on_delete=models.CASCADE, related_name="second_review")
    decision = models.OneToOneField("review.Decision", on_delete=models.CASCADE, related_name="second_review")
    opened_at = models.DateTimeField(default=timezone.now)
    settled_label = models.CharField(max_length=16, choices=HumanLabel.choices, blank=True, db_default="")
    settled_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="settled", null=True)
    settled_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True, max_length=2000, db_default="")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["opened_at"], name="second_review_at")]

    def __str__(self) -> str:
        return str(self.pk)


class GoldAnswer(models.Model):
    """A picture whose answer is known: people meet it unmarked, and are measured by what they say."""

    id = IdField(prefix="gld")
    submission = models.OneToOneField(Submission, on_delete=models.CASCADE, related_name="gold_answer")
    label = models.CharField(max_length=16, choices=HumanLabel.choices)
    why = models.TextField(blank=True, max_length=2000, help_text="how it is known; trainees read it afterwards")
    set_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="gold_answers")
    set_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["set_at"], name="gold_in_use", condition=Q(retired_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.submission_id}"


class Trainee(models.Model):
    """A person who is told at once how their answer compares, until a lead ends that."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, primary_key=True, related_name="traineeship")
    since = models.DateTimeField(default=timezone.now)
    set_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="trainees")

    def __str__(self) -> str:
        return str(self.person)
