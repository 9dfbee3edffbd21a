"""Whose a check is: remembered by its browser's session, or by an account; and who else may open its result."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext_noop as _

from foundation.problems import Problem
from moderation.clients.models import Person
from moderation.clients.sight import may_see
from moderation.intake.models import Submission
from moderation.portal.models import Owner
from moderation.verdicts.models import Verdict

KEY = "checks"
KEPT = 100
RECENT = 5


@dataclass(frozen=True)
class Check:
    """One of a visitor's checks, with the verdict that stands."""

    submission: Submission
    verdict: Verdict | None


@dataclass(frozen=True)
class Access:
    """A submission and how the visitor stands to it: its owner, somebody with a reading role, or both."""

    submission: Submission
    owns: bool
    reads: bool


def remember(request: HttpRequest, submission: Submission) -> None:
    """Note whose it is: the account's, else this browser's, whose oldest of many is forgotten."""
    if isinstance(request.user, Person):
        Owner.objects.create(submission=submission, person=request.user)
    else:
        request.session[KEY] = [*of_browser(request), submission.pk][-KEPT:]


def adopt(request: HttpRequest, person: Person) -> int:
    """Let an account take over what its browser checked before; return how many that were."""
    unowned = Submission.objects.filter(pk__in=of_browser(request), owner=None)
    made = Owner.objects.bulk_create([Owner(submission=one, person=person) for one in unowned.order_by("id")])
    request.session.pop(KEY, None)
    return len(made)


def of_browser(request: HttpRequest) -> list[str]:
    """Return the ids of what this browser checked without an account, the oldest first."""
    return list(request.session.get(KEY, []))


def is_own(request: HttpRequest, submission_id: str) -> bool:
    """Say whether the visitor, or their account, sent the submission."""
    if submission_id in of_browser(request):
        return True
    person = request.user
    return isinstance(person, Person) and Owner.objects.filter(submission=submission_id, person=person).exists()


def recent(request: HttpRequest) -> list[Check]:
    """Return the visitor's last checks that still exist, the newest first."""
    ids = of_browser(request)
    if isinstance(request.user, Person):
        ids += Owner.objects.filter(person=request.user).order_by("-id").values_list("submission", flat=True)[:RECENT]
    return with_verdicts(Submission.objects.filter(pk__in=ids).order_by("-id")[:RECENT])


def with_verdicts(rows: Iterable[Submission]) -> list[Check]:
    """Return checks with the verdict that stands for each, in two queries."""
    found = list(rows)
    standing = Verdict.objects.filter(submission__in=[one.pk for one in found], is_current=True)
    verdicts = {verdict.submission_id: verdict for verdict in standing}
    return [Check(one, verdicts.get(one.pk)) for one in found]


def opened(request: HttpRequest, submission_id: str) -> Access:
    """Return a submission that this visitor sent, or that their role may read.

    Raises:
        Problem: ``not-found``, the same for somebody else's as for one that never was.
    """
    found = Submission.objects.select_related("image", "client").filter(pk=submission_id).first()
    if found is not None:
        access = Access(found, is_own(request, found.pk), _reads(request, found))
        if access.owns or access.reads:
            return access
    raise Problem("not-found", _("There is no such result, or it is not yours."))


def owned(request: HttpRequest, submission_id: str) -> Submission:
    """Return a submission that this visitor sent.

    Raises:
        Problem: ``not-found`` for every other, those that a role may read included.
    """
    access = opened(request, submission_id)
    if not access.owns:
        raise Problem("not-found", _("There is no such result, or it is not yours."))
    return access.submission


def _reads(request: HttpRequest, submission: Submission) -> bool:
    person = request.user
    return isinstance(person, Person) and person.may_read() and may_see(person, submission.client_id)
