"""What is mixed into the work: a blind second review of some decisions, and pictures whose answer is known."""

from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Q

from foundation.samples import drawn
from moderation.events.models import Event
from moderation.intake.models import Priority
from moderation.review import cases, rights
from moderation.review.models import Case, CaseKind, CaseReason, CaseState, Decision
from moderation.review.quality.models import GoldAnswer, SecondReview


def mix_in(events: Sequence[Event]) -> None:
    """Consume events: each decision of a person that was told draws whether a case is mixed in after it.

    A decision that was undone in time is never told, and so draws nothing.
    """
    for event in events:
        if event.type == "verdict.revised":
            open_second(event.subject)


@transaction.atomic
def open_second(submission_id: str) -> None:
    """Draw by the standing decision of a person: a second case of the picture, and a picture with a known answer.

    Does nothing for a client's own decision, where there is no picture to see, and for a second look at a picture that
    got one: a decision that settles a disagreement needs none.
    """
    submission = cases.locked(submission_id)
    decision = rights.standing_decision(submission) if submission else None
    if submission is None or decision is None or decision.person is None or _is_out_of_sight(decision):
        return
    reason = CaseReason(decision.case.reason) if decision.case else CaseReason.POLICY
    if drawn("second review", decision.pk, settings.SECOND_REVIEW_SHARE):
        _second(decision, reason)
    if drawn("gold", decision.pk, settings.GOLD_SHARE):
        _gold(decision, reason)


def _second(decision: Decision, reason: CaseReason) -> None:
    if not SecondReview.objects.filter(decision__submission=decision.submission_id).exists():
        priority = Priority(decision.submission.priority)
        case = cases.make(decision.submission, reason, priority, CaseKind.SECOND)
        SecondReview.objects.create(case=case, decision=decision)


def _gold(decision: Decision, reason: CaseReason) -> None:
    """Open a case of the known answer that was shown longest ago, as if it had come for the decision's reason."""
    open_now = Case.objects.filter(submission=OuterRef("submission"), state=CaseState.OPEN)
    usable = GoldAnswer.objects.filter(
        ~Exists(open_now), retired_at=None, submission__image__sealed_at=None, submission__image__discarded_at=None
    )
    shown = Max("submission__cases__opened_at", filter=Q(submission__cases__kind=CaseKind.GOLD))
    answer = usable.annotate(shown=shown).order_by(F("shown").asc(nulls_first=True), "pk").first()
    if answer and answer.submission_id != decision.submission_id:
        cases.make(answer.submission, reason, Priority(answer.submission.priority), CaseKind.GOLD)


def _is_out_of_sight(decision: Decision) -> bool:
    image = decision.submission.image
    return image is None or image.sealed_at is not None or image.discarded_at is not None
