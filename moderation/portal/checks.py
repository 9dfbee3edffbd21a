"""A visitor's own checks, remembered in the session: who may open which result."""

from dataclasses import dataclass

from django.http import HttpRequest

from foundation.problems import Problem
from moderation.clients.models import Person
from moderation.intake.models import Submission
from moderation.verdicts.models import Verdict

KEY = "checks"
KEPT = 100
RECENT = 5


@dataclass(frozen=True)
class Check:
    """One of a visitor's checks, with the verdict that stands."""

    submission: Submission
    verdict: Verdict | None


def remember(request: HttpRequest, submission: Submission) -> None:
    """Note that this visitor submitted it; the oldest of many is forgotten."""
    request.session[KEY] = [*request.session.get(KEY, []), submission.pk][-KEPT:]


def own(request: HttpRequest) -> list[str]:
    """Return the ids of this visitor's submissions, the oldest first."""
    return list(request.session.get(KEY, []))


def recent(request: HttpRequest) -> list[Check]:
    """Return this visitor's last checks that still exist, the newest first."""
    mine = Submission.objects.filter(pk__in=own(request)).order_by("-id")[:RECENT]
    standing = Verdict.objects.filter(submission__in=[one.pk for one in mine], is_current=True)
    verdicts = {verdict.submission_id: verdict for verdict in standing}
    return [Check(one, verdicts.get(one.pk)) for one in mine]


def visible(request: HttpRequest, submission_id: str) -> Submission:
    """Return a submission that this visitor sent, or that their role may read.

    Raises:
        Problem: ``not-found``, the same for somebody else's as for one that never was.
    """
    person = request.user
    may_read = isinstance(person, Person) and person.may_read()
    found = Submission.objects.select_related("image", "client").filter(pk=submission_id).first()
    if found is None or not (may_read or found.pk in own(request)):
        raise Problem("not-found", "There is no such result, or it is not yours.")
    return found
