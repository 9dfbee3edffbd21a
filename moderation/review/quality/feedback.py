"""What trainees are told as soon as they answered: what was known of the picture, or what somebody else decided."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from foundation.problems import Problem
from moderation.audit import services as audit
from moderation.clients.models import Person
from moderation.review.models import CaseKind, Decision, Judgement
from moderation.review.quality import seniors
from moderation.review.quality.models import GoldAnswer, SecondReview, Trainee
from moderation.verdicts.models import HumanLabel

SHOWN = timedelta(minutes=5)


@dataclass(frozen=True)
class Feedback:
    """What the trainee said last, what it is compared with and by whom that was said, and why."""

    said: str
    compared: str
    source: str | Promise
    why: str
    case_id: str

    @property
    def agrees(self) -> bool:
        return self.said == self.compared

    @property
    def said_words(self) -> str:
        return str(HumanLabel(self.said).label)

    @property
    def compared_words(self) -> str:
        return str(HumanLabel(self.compared).label)


def is_trainee(person: Person) -> bool:
    return Trainee.objects.filter(person=person).exists()


def latest(person: Person) -> Feedback | None:
    """Return feedback on what the person said last; None unless they are a trainee and it can be compared.

    It is gone after five minutes, and when they have said something since.
    """
    since = timezone.now() - SHOWN
    mine = Judgement.objects.filter(person=person, undone_at=None, decided_at__gt=since).select_related("case")
    judged = mine.order_by("-decided_at").first()
    if judged is None or not is_trainee(person):
        return None
    if Decision.objects.filter(person=person, decided_at__gt=judged.decided_at).exists():
        return None
    return _gold(judged) if judged.case.kind == CaseKind.GOLD else _second(judged)


def _gold(judged: Judgement) -> Feedback | None:
    answer = GoldAnswer.objects.filter(submission=judged.case.submission_id).first()
    if answer is None:
        return None
    return Feedback(judged.label, answer.label, _("It is known to be"), answer.why, judged.case_id)


def _second(judged: Judgement) -> Feedback | None:
    review = (
        SecondReview.objects.filter(case=judged.case_id, decision__undone_at=None).select_related("decision").first()
    )
    if review is None:
        return None
    return Feedback(
        judged.label, review.decision.label, _("Somebody else decided"), review.decision.note, judged.case_id
    )


@transaction.atomic
def train(person: Person, by: Person) -> None:
    """Have the person told at once how each of their blind answers compares.

    Raises:
        Problem: ``forbidden``, ``invalid`` for somebody who does not review.
    """
    seniors.require(by)
    if not person.may_review():
        raise Problem("invalid", gettext_noop("Only who reviews can be a trainee."))
    _, made = Trainee.objects.get_or_create(person=person, defaults={"set_by": by})
    if made:
        audit.record(by.actor(), "trainee.named", person.actor())


@transaction.atomic
def graduate(person: Person, by: Person) -> None:
    """End that.

    Raises:
        Problem: ``forbidden``.
    """
    seniors.require(by)
    ended, _of = Trainee.objects.filter(person=person).delete()
    if ended:
        audit.record(by.actor(), "trainee.released", person.actor())
