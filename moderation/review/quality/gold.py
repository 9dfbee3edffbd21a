"""Pictures whose answer is known: put into use, and taken out of it."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from foundation.problems import Problem
from moderation.audit import services as audit
from moderation.clients.models import Person
from moderation.clients.sight import may_see
from moderation.intake.models import Submission
from moderation.review import decisions
from moderation.review.decisions import Choice
from moderation.review.quality import seniors
from moderation.review.quality.models import GoldAnswer

ALREADY = gettext_noop("The answer to this picture is known already. Retire that one first.")


@transaction.atomic
def put_in(submission_id: str, by: Person, choice: Choice) -> GoldAnswer:
    """Mix a picture whose answer is known into the work from now on; one that was retired comes back.

    Raises:
        Problem: ``forbidden``, ``invalid``, ``not-found``, ``conflict`` for one in use, or without a picture to show.
    """
    seniors.require(by)
    decisions.check(choice)
    submission = Submission.objects.select_related("image").filter(pk=submission_id).first()
    if submission is None or not may_see(by, submission.client_id):
        raise Problem("not-found", gettext_noop("There is no such submission."))
    if submission.image is None or submission.image.discarded_at or submission.image.sealed_at:
        raise Problem(
            "conflict", gettext_noop("There is no picture to show: it was not fetched, is sealed, or its time is over.")
        )
    if GoldAnswer.objects.filter(submission=submission, retired_at=None).exists():
        raise Problem("conflict", ALREADY)
    values = {"label": choice.label, "why": choice.note, "set_by": by, "set_at": timezone.now(), "retired_at": None}
    answer, _ = GoldAnswer.objects.update_or_create(submission=submission, defaults=values)
    audit.record(by.actor(), "gold.put_in", submission.pk, {"label": choice.label}, client=submission.client_id)
    return answer


@transaction.atomic
def retire(answer_id: str, by: Person) -> bool:
    """Mix it in no more; what people said of it still counts. Return whether this call did it.

    Raises:
        Problem: ``forbidden``, ``not-found``.
    """
    seniors.require(by)
    answer = GoldAnswer.objects.select_related("submission").filter(pk=answer_id).first()
    if answer is None or not may_see(by, answer.submission.client_id):
        raise Problem("not-found", gettext_noop("There is no such known answer."))
    done = bool(GoldAnswer.objects.filter(pk=answer_id, retired_at=None).update(retired_at=timezone.now()))
    if done:
        audit.record(by.actor(), "gold.retired", answer.submission_id, client=answer.submission.client_id)
    return done
