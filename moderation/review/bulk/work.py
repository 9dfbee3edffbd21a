"""Carry out bulk decisions and their undoing: item by item, each in its own transaction, safe to run twice."""

import time
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from foundation.problems import Problem
from moderation.clients.sight import may_see
from moderation.review import services, undoing
from moderation.review.bulk.models import AT_WORK, Bulk, BulkItem, BulkOutcome, BulkState
from moderation.review.decisions import Choice

log = structlog.get_logger(__name__)
LEASE = timedelta(seconds=60)
TURN = 20.0
AT_ONCE = 100
ENDS = {BulkState.RUNNING: BulkState.DONE, BulkState.UNDOING: BulkState.UNDONE}


def run_waiting() -> int:
    """Work on bulk decisions that wait, for some seconds; return how many items got an outcome."""
    stop_at, done = time.monotonic() + TURN, 0
    while time.monotonic() < stop_at and (bulk := claim()):
        done += _run(bulk, stop_at)
    return done


def waiting() -> QuerySet[Bulk]:
    """Return the bulk decisions that are at work and that no worker holds."""
    free = Q(token=None) | Q(leased_until__lt=timezone.now())
    return Bulk.objects.filter(free, state__in=AT_WORK).order_by("id")


@transaction.atomic
def claim() -> Bulk | None:
    """Claim the oldest bulk decision that waits, under a lease."""
    bulk = waiting().select_for_update(skip_locked=True, of=("self",)).first()
    if bulk:
        bulk.token, bulk.leased_until = uuid.uuid4(), timezone.now() + LEASE
        bulk.save(update_fields=["token", "leased_until"])
    return bulk


def _run(bulk: Bulk, stop_at: float) -> int:
    step, left = STEPS[BulkState(bulk.state)]
    done = 0
    for pk in _items(bulk, left):
        if time.monotonic() >= stop_at or not _take(bulk, pk, left, step):
            break
        done += 1
    _let_go(bulk, left)
    return done


def _items(bulk: Bulk, left: Q) -> Iterator[str]:
    """Yield the items that have no outcome yet, looked up a batch at a time."""
    rows = BulkItem.objects.filter(left, bulk=bulk).order_by("id").values_list("pk", flat=True)
    while batch := list(rows[:AT_ONCE]):
        yield from batch


@transaction.atomic
def _take(bulk: Bulk, item_id: str, left: Q, step: Callable[[Bulk, BulkItem], None]) -> bool:
    """Give one item its outcome, if the claim still holds; return whether it did."""
    if not _held(bulk).update(leased_until=timezone.now() + LEASE):
        return False
    item = BulkItem.objects.select_for_update(of=("self",)).filter(left, pk=item_id).first()
    if item is None:
        return True
    step(bulk, item)
    item.save(update_fields=["outcome", "problem", "decision"])
    _held(bulk).update(done=F("done") + 1)
    return True


def _decide(bulk: Bulk, item: BulkItem) -> None:
    choice = Choice(bulk.label, bulk.reason_code, bulk.note)
    try:
        if not may_see(bulk.person, item.submission.client_id):
            raise Problem("not-found", _("There is no such submission, or it is not yours."))
        with transaction.atomic():
            item.decision = services.decide_submission(item.submission, bulk.person, choice)
    except Problem as problem:
        item.outcome, item.problem = BulkOutcome.LEFT, problem.detail[:200]
    else:
        item.outcome = BulkOutcome.DECIDED


def _undo(bulk: Bulk, item: BulkItem) -> None:
    try:
        if item.decision is None:
            raise Problem("gone", _("The decision is gone."))
        with transaction.atomic():
            undoing.withdraw(item.decision, bulk.person.actor())
    except Problem as problem:
        item.outcome, item.problem = BulkOutcome.KEPT, problem.detail[:200]
    else:
        item.outcome = BulkOutcome.UNDONE


def _held(bulk: Bulk) -> QuerySet[Bulk]:
    return Bulk.objects.filter(pk=bulk.pk, token=bulk.token, state=bulk.state)


def _let_go(bulk: Bulk, left: Q) -> None:
    """End it where nothing is left, else leave it to the next turn."""
    held = _held(bulk)
    if BulkItem.objects.filter(left, bulk=bulk).exists():
        held.update(token=None, leased_until=None)
    elif held.update(token=None, leased_until=None, state=ENDS[BulkState(bulk.state)], finished_at=timezone.now()):
        log.info("bulk_ended", bulk=bulk.pk, state=ENDS[BulkState(bulk.state)])


STEPS: dict[BulkState, tuple[Callable[[Bulk, BulkItem], None], Q]] = {
    BulkState.RUNNING: (_decide, Q(outcome="")),
    BulkState.UNDOING: (_undo, Q(outcome=BulkOutcome.DECIDED)),
}
