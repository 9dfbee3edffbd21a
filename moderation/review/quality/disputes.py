"""Settle what two people do not agree on: a third, senior one says what it is."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from foundation.problems import Problem
from moderation.audit import services as audit
from moderation.clients.models import Person
from moderation.clients.sight import may_see
from moderation.review import cases, decisions, rights
from moderation.review.decisions import Choice
from moderation.review.models import CaseState
from moderation.review.quality import selectors, seniors
from moderation.review.quality.models import SecondReview

NOT_SENIOR = _("A lead or an administrator settles what two people do not agree on.")
ONE_OF_THEM = _("You are one of the two who do not agree. Another lead has to settle it.")
NONE = Choice("")


@transaction.atomic
def settle(review_id: str, by: Person, choice: Choice) -> SecondReview:
    """Say what a picture is on which two people do not agree; where the decision was another, it is revised.

    Raises:
        Problem: ``invalid``, ``not-found``; ``forbidden`` to who is no senior or is one of the two; ``conflict`` when
            it is settled already, when both agree, or while the case is open again.
    """
    decisions.check(choice)
    review = _found(review_id, by)
    barred = refusal(review, by)
    if barred:
        raise Problem("forbidden", barred)
    submission = cases.held(review.case.submission_id)
    if not selectors.disagreements(by).filter(pk=review.pk).exists():
        raise Problem("conflict", _("There is nothing to settle: somebody did, or the two agree by now."))
    case = cases.case_of(submission)
    standing = rights.standing_decision(submission)
    if case and case.state == CaseState.OPEN:
        raise Problem("conflict", _("The case is open again. Who decides it next settles this too."))
    SecondReview.objects.filter(pk=review.pk).update(
        settled_label=choice.label, settled_by=by, settled_at=timezone.now(), note=choice.note
    )
    if standing and standing.pk == review.decision_id and standing.label != choice.label:
        decisions.make(submission, case, by, choice)
    told = {"decision": review.decision_id, **_about(choice)}
    audit.record(by.actor(), "disagreement.settled", review.case_id, told, client=submission.client_id)
    review.refresh_from_db()
    return review


def refusal(review: SecondReview, person: Person) -> str:
    """Return why the person may not settle it, or nothing where they may."""
    if not seniors.may_lead(person):
        return NOT_SENIOR
    judged = selectors.judgement_of(review)
    parties = {review.decision.person_id, judged.person_id if judged else None}
    return ONE_OF_THEM if person.pk in parties else ""


def _found(review_id: str, by: Person) -> SecondReview:
    found = SecondReview.objects.select_related("case", "decision").filter(pk=review_id).first()
    if found is None or not may_see(by, found.case.client_id):
        raise Problem("not-found", _("There is no such disagreement."))
    return found


def _about(choice: Choice) -> dict[str, str]:
    return {"label": choice.label, "reason_code": choice.reason_code}
