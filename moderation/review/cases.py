"""How a case opens, moves up, is claimed, left to somebody else, closes and opens again.

Callers hold the submission's row locked (:func:`locked`), so that what happens to its case happens one at a time; only
claims are taken, kept and given back without it, each by one conditional update.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from foundation.problems import Problem
from moderation.audit import services as audit
from moderation.clients.models import Client, Person
from moderation.intake.models import Priority, Submission
from moderation.review.models import Case, CaseKind, CaseReason, CaseState

ONE_UP = {Priority.LOW: Priority.NORMAL, Priority.NORMAL: Priority.HIGH, Priority.HIGH: Priority.HIGH}
WEIGHT = list(CaseReason)
UNCLAIMED: dict[str, Any] = {"claimed_by": None, "claimed_at": None, "claimed_until": None}
NOBODYS: dict[str, Any] = {
    **UNCLAIMED,
    "assigned_to": None,
    "assigned_role": "",
    "escalated_at": None,
    "escalation_note": "",
}


def locked(submission_id: str) -> Submission | None:
    """Return the submission with its row locked until the transaction ends, or None when there is none any more."""
    rows = Submission.objects.select_for_update(of=("self",)).select_related("client")
    return rows.filter(pk=submission_id).first()


def case_of(submission: Submission) -> Case | None:
    """Return the submission's public case, whose decision is told; None where nobody asked for one."""
    return Case.objects.filter(submission=submission, kind=CaseKind.FIRST).first()


def due_from(opened_at: datetime, client: Client) -> datetime:
    """Return when a case of the client that opened then is due."""
    minutes = settings.REVIEW_MINUTES if client.review_minutes is None else client.review_minutes
    return opened_at + timedelta(minutes=minutes)


def free_for(person: Person) -> Q:
    """Return the condition that nobody else holds a case at this moment."""
    return Q(claimed_until=None) | Q(claimed_until__lte=timezone.now()) | Q(claimed_by=person)


def held(submission_id: str) -> Submission:
    """Return the submission as :func:`locked` does.

    Raises:
        Problem: ``not-found``.
    """
    submission = locked(submission_id)
    if submission is None:
        raise Problem("not-found", _("There is no such submission, or it is not yours."))
    return submission


def held_case(case_id: str) -> Case:
    """Return the case as it is once nobody else works on its submission.

    Raises:
        Problem: ``not-found``.
    """
    found = Case.objects.filter(pk=case_id).values_list("submission", flat=True).first()
    if found:
        locked(found)
    case = Case.objects.select_related("submission__client", "client").filter(pk=case_id).first()
    if case is None:
        raise Problem("not-found", _("There is no such case."))
    return case


def make(submission: Submission, reason: CaseReason, priority: Priority, kind: CaseKind = CaseKind.FIRST) -> Case:
    """Open a case, as urgent as ``priority`` says, due by the client's service level."""
    now = timezone.now()
    case = Case.objects.create(
        client=submission.client,
        submission=submission,
        kind=kind,
        reason=reason,
        priority=priority,
        opened_at=now,
        due_at=due_from(now, submission.client),
    )
    _log(case, "case.opened", reason)
    return case


def ask(submission: Submission, reason: CaseReason) -> Case:
    """Have people look because of a report or an appeal: open a case, open it again, or move up the open one.

    A report moves it up by one level, an appeal to the top.
    """
    case = case_of(submission)
    if case is None:
        return make(submission, reason, _urgency(reason, submission.priority))
    if case.state == CaseState.DECIDED:
        return _open_again(case, reason, _urgency(reason, submission.priority))
    return _move_up(case, reason, _urgency(reason, case.priority))


def close(case: Case) -> bool:
    """``open`` to ``decided`` by a client's key, whoever holds it; return whether this call did it."""
    return _moved(case, CaseState.OPEN, **_closed())


def close_by(case: Case, person: Person) -> bool:
    """``open`` to ``decided`` by a person, unless somebody else holds it; return whether this call did it."""
    now = timezone.now()
    held_since = case.claimed_at if case.claimed_by_id == person.pk else None
    mine = Case.objects.filter(free_for(person), pk=case.pk, state=CaseState.OPEN)
    done = bool(mine.update(**_closed(), claimed_by=person, claimed_at=held_since or now))
    case.refresh_from_db()
    return done


def _closed() -> dict[str, Any]:
    return {"state": CaseState.DECIDED, "decided_at": timezone.now(), "claimed_until": None}


def reopen(case: Case) -> bool:
    """``decided`` to ``open`` because the decision was undone: it waits as it did; return whether this call did it."""
    return _moved(case, CaseState.DECIDED, state=CaseState.OPEN, decided_at=None)


def escalate(case: Case, by: Person, note: str, role: str, to: Person | None) -> bool:
    """Leave an open case to a role, or to one person where ``to`` is given; return whether this call did it.

    Done once for the same role or person; nobody else may hold the case.
    """
    already = Q(escalated_at__isnull=False) & (Q(assigned_to=to) if to else Q(assigned_role=role, assigned_to=None))
    changes = {"escalated_at": timezone.now(), "escalation_note": note, "priority": Priority.HIGH}
    return _leave(case, by, ~already, **changes, assigned_role="" if to else role, assigned_to=to)


def give(case: Case, holder: Person, to: Person, note: str) -> bool:
    """Leave an open case to one person, escalated or not; return whether this call did it."""
    said = {"escalation_note": note} if note else {}
    return _leave(case, holder, Q(), assigned_to=to, **said)


def claim(case: Case, person: Person, until: datetime) -> bool:
    """Let the person hold an open case until then, from now on or as before; return whether this call did it."""
    now = timezone.now()
    since = F("claimed_at") if case.claimed_by_id == person.pk and case.is_claimed() else now
    free = Case.objects.filter(free_for(person), pk=case.pk, state=CaseState.OPEN)
    done = bool(free.update(claimed_by=person, claimed_at=since, claimed_until=until))
    case.refresh_from_db()
    return done


def extend(case_id: str, person: Person, until: datetime) -> bool:
    """Let who holds the case keep it until then, also where the lease just ran out and nobody took it since."""
    return bool(Case.objects.filter(pk=case_id, state=CaseState.OPEN, claimed_by=person).update(claimed_until=until))


def release(case_id: str, person: Person) -> bool:
    """Give back the claim; return whether the person had one."""
    mine = Case.objects.filter(pk=case_id, state=CaseState.OPEN, claimed_by=person)
    return bool(mine.update(**UNCLAIMED))


def _leave(case: Case, by: Person, condition: Q, **changes: Any) -> bool:
    left = Case.objects.filter(free_for(by), condition, pk=case.pk, state=CaseState.OPEN)
    done = bool(left.update(**UNCLAIMED, **changes))
    case.refresh_from_db()
    return done


def _urgency(reason: CaseReason, now: int) -> Priority:
    return Priority.HIGH if reason == CaseReason.APPEAL else ONE_UP[Priority(now)]


def _open_again(case: Case, reason: CaseReason, priority: Priority) -> Case:
    now = timezone.now()
    anew = {**NOBODYS, "opened_at": now, "due_at": due_from(now, case.client), "decided_at": None}
    if _moved(case, CaseState.DECIDED, state=CaseState.OPEN, reason=reason, priority=priority, **anew):
        _log(case, "case.opened", reason)
    return case


def _move_up(case: Case, reason: CaseReason, priority: Priority) -> Case:
    weightier = max(CaseReason(case.reason), reason, key=WEIGHT.index)
    if _moved(case, CaseState.OPEN, reason=weightier, priority=priority):
        _log(case, "case.raised", reason)
    return case


def _moved(case: Case, before: CaseState, **changes: Any) -> bool:
    done = bool(Case.objects.filter(pk=case.pk, state=before).update(**changes))
    case.refresh_from_db()
    return done


def _log(case: Case, action: str, reason: CaseReason) -> None:
    audit.record("system", action, case.pk, {"submission": case.submission_id, "reason": reason}, client=case.client_id)
