"""Prepare, start, stop and undo a bulk decision; :mod:`moderation.review.bulk.work` carries it out."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from foundation.broker import nudge
from foundation.problems import Problem
from moderation.audit import services as audit
from moderation.clients.models import Person
from moderation.clients.sight import only_visible
from moderation.intake.models import Submission
from moderation.review import decisions
from moderation.review.bulk.models import Bulk, BulkItem, BulkState
from moderation.review.decisions import Choice
from moderation.review.rights import is_senior

MOST = 10_000
AT_ONCE = 1_000


@transaction.atomic
def prepare(person: Person, submissions: Iterable[str]) -> Bulk:
    """Keep a draft over the submissions, at most 10,000, that the person may see; nothing is decided yet.

    Sealed pictures are left out: nobody decides what they are not to look at.

    Raises:
        Problem: ``forbidden`` to who does not review; ``invalid`` where none is left, or there are too many.
    """
    if not person.may_review():
        raise Problem("forbidden", _("Only moderators, leads and administrators decide."))
    wanted = list(dict.fromkeys(one.replace("\x00", "") for one in submissions))
    if len(wanted) > MOST:
        raise _refused(f"At most {MOST:,} submissions can be decided at once; narrow the selection.")
    unsealed = Submission.objects.filter(Q(image=None) | Q(image__sealed_at=None), pk__in=wanted)
    found = set(only_visible(unsealed, person).values_list("pk", flat=True))
    if not found:
        raise _refused("Choose at least one submission.")
    bulk = Bulk.objects.create(person=person, total=len(found))
    items = [BulkItem(bulk=bulk, submission_id=pk) for pk in wanted if pk in found]
    BulkItem.objects.bulk_create(items, batch_size=AT_ONCE)
    return bulk


@transaction.atomic
def start(bulk: Bulk, person: Person, choice: Choice) -> None:
    """Have a worker make the decision about each item, as the person's own.

    Raises:
        Problem: ``forbidden``, ``invalid``, or ``conflict`` where it was started already.
    """
    _may(bulk, person, seniors=False)
    decisions.check(choice)
    kept = {"label": choice.label, "reason_code": choice.reason_code, "note": choice.note}
    _move(bulk, [BulkState.DRAFT], BulkState.RUNNING, **kept, started_at=timezone.now())
    audit.record(person.actor(), "bulk.started", bulk.pk, {"label": choice.label, "submissions": bulk.total})


@transaction.atomic
def stop(bulk: Bulk, person: Person) -> None:
    """Leave the rest alone; what is decided already stays.

    Raises:
        Problem: ``forbidden``, or ``conflict`` where it is not running.
    """
    _may(bulk, person, seniors=True)
    _move(bulk, [BulkState.RUNNING], BulkState.STOPPED, finished_at=timezone.now())
    audit.record(person.actor(), "bulk.stopped", bulk.pk)


@transaction.atomic
def undo(bulk: Bulk, person: Person) -> None:
    """Have a worker take back each decision of it that still stands; clients are told where they had been told.

    Raises:
        Problem: ``forbidden``, or ``conflict`` where it is not done.
    """
    _may(bulk, person, seniors=True)
    _move(bulk, [BulkState.DONE, BulkState.STOPPED], BulkState.UNDOING, done=0, finished_at=None)
    audit.record(person.actor(), "bulk.undone", bulk.pk, {"submissions": bulk.total})


def _may(bulk: Bulk, person: Person, *, seniors: bool) -> None:
    if person.may_review() and (bulk.person_id == person.pk or (seniors and is_senior(person))):
        return
    raise Problem("forbidden", _("Only the person who prepared it may do that."))


def _move(bulk: Bulk, before: list[BulkState], after: BulkState, **changes: object) -> None:
    moved = Bulk.objects.filter(pk=bulk.pk, state__in=before)
    if not moved.update(state=after, token=None, leased_until=None, **changes):
        raise Problem("conflict", _("It is in another state by now. Look at it again."))
    bulk.refresh_from_db()
    transaction.on_commit(nudge_bulks)


def nudge_bulks() -> None:
    nudge("review.bulk", queue_name="default")


def _refused(detail: str) -> Problem:
    return Problem("invalid", detail, errors=[{"pointer": "#/submission", "detail": detail}])
