"""Who works on which case: claimed under a lease, kept while active, given back, skipped.

A claim is one conditional update of the case's row, and the next case is drawn by ``FOR UPDATE SKIP LOCKED``, so that
two people never hold one case: whoever comes second gets another one, or a conflict.
"""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from foundation.problems import Problem
from moderation.audit import services as audit
from moderation.clients.models import Person
from moderation.clients.sight import may_see
from moderation.review import cases, queues, rights, selectors
from moderation.review.decisions import LONGEST_NOTE
from moderation.review.handing import escalate, reassign
from moderation.review.models import Case, CaseState, Queue, Skip, SkipReason

__all__ = ["claim", "claim_next", "escalate", "extend", "reassign", "release", "skip"]
TRIES = 20
TAKEN = gettext_noop("Somebody else works on this case, or decided it before you.")


@transaction.atomic
def claim(case_id: str, person: Person) -> Case:
    """Claim this case; a claim that the person has already is extended.

    Raises:
        Problem: ``forbidden`` to who may not decide it, ``not-found``, or ``conflict`` where somebody else holds it or
            it is decided.
    """
    case = _visible(case_id, person)
    barred = rights.refusal(person, case)
    if barred and case.state == CaseState.OPEN:
        raise Problem("forbidden", barred)
    had = case.claimed_by_id == person.pk and case.is_claimed()
    if not cases.claim(case, person, _lease_end()):
        raise Problem("conflict", TAKEN)
    if not had:
        audit.record(person.actor(), "case.claimed", case.pk, {"submission": case.submission_id}, client=case.client_id)
    return case


@transaction.atomic
def claim_next(person: Person, queue: Queue | None = None) -> Case | None:
    """Claim the next case that the person may decide, of ``queue`` or of all; None where nothing waits for them.

    What they hold already comes first, then what was given to them, then the most urgent.

    Raises:
        Problem: ``forbidden`` to who does not review.
    """
    if not person.may_review():
        raise Problem("forbidden", gettext_noop("Only moderators, leads and administrators claim cases."))
    rows = selectors.for_person(person)
    if queue:
        rows = queues.narrowed(rows, queue)
    mine = rows.filter(claimed_by=person, claimed_until__gt=timezone.now()).order_by("claimed_at")
    for choice in (mine, rows.filter(assigned_to=person), rows):
        case = _first_free(choice, person)
        if case:
            return claim(case.pk, person)
    return None


def _first_free(rows: QuerySet[Case], person: Person) -> Case | None:
    """Return the first case that nobody else is about to take and that the person may decide, its row locked."""
    barred: list[str] = []
    for _ in range(TRIES):
        case = rows.exclude(pk__in=barred).select_for_update(skip_locked=True, of=("self",)).first()
        if case is None or not rights.refusal(person, case):
            return case
        barred.append(case.pk)
    return None


def extend(case_id: str, person: Person) -> Case:
    """Keep the case for another lease.

    Raises:
        Problem: ``not-found``, or ``conflict`` where it is not theirs any more.
    """
    _visible(case_id, person)
    if not cases.extend(case_id, person, _lease_end()):
        raise Problem(
            "conflict", gettext_noop("This case is not yours any more. It went back to the queue, or was decided.")
        )
    return Case.objects.get(pk=case_id)


@transaction.atomic
def release(case_id: str, person: Person) -> Case:
    """Give the case back to the queue.

    Raises:
        Problem: ``not-found``, or ``conflict`` where the person does not hold it.
    """
    case = _visible(case_id, person)
    if not cases.release(case_id, person):
        raise Problem("conflict", gettext_noop("You do not hold this case."))
    audit.record(person.actor(), "case.released", case_id, {"submission": case.submission_id}, client=case.client_id)
    return Case.objects.get(pk=case_id)


@transaction.atomic
def skip(case_id: str, person: Person, reason: str, note: str = "") -> Skip:
    """Leave the case to others: it is not handed to this person again, and they no longer hold it.

    Raises:
        Problem: ``forbidden``, ``invalid``, ``not-found``, or ``conflict`` where it is decided or somebody else's.
    """
    if not person.may_review():
        raise Problem("forbidden", gettext_noop("Only moderators, leads and administrators skip cases."))
    _check_skip(reason, note)
    case = cases.held_case(_visible(case_id, person).pk)
    if case.state != CaseState.OPEN or (case.is_claimed() and case.claimed_by_id != person.pk):
        raise Problem("conflict", TAKEN)
    cases.release(case.pk, person)
    made, _ = Skip.objects.update_or_create(
        case=case, person=person, defaults={"reason": reason, "note": note, "skipped_at": timezone.now()}
    )
    about = {"submission": case.submission_id, "reason": reason}
    audit.record(person.actor(), "case.skipped", case.pk, about, client=case.client_id)
    return made


def _check_skip(reason: str, note: str) -> None:
    faults = []
    if reason not in SkipReason.values:
        faults.append({"pointer": "#/skip_reason", "detail": f"Must be one of {', '.join(SkipReason.values)}."})
    if len(note) > LONGEST_NOTE:
        faults.append({"pointer": "#/note", "detail": f"Must be at most {LONGEST_NOTE:,} characters."})
    if faults:
        raise Problem("invalid", gettext_noop("The case was not skipped."), errors=faults)


def _visible(case_id: str, person: Person) -> Case:
    case = Case.objects.select_related("submission", "client").filter(pk=case_id).first()
    if case is None or not may_see(person, case.client_id):
        raise Problem("not-found", gettext_noop("There is no such case."))
    return case


def _lease_end() -> datetime:
    return timezone.now() + settings.CLAIM_LEASE
