"""Leave a case to somebody else: escalate it to a role or a person, or give it to a person."""

from django.db import transaction
from django.utils.translation import gettext_noop as _

from foundation.problems import Problem
from moderation.audit import services as audit
from moderation.clients.models import Person, Role
from moderation.clients.sight import may_see
from moderation.events import services as events
from moderation.review import cases, rights, told
from moderation.review.decisions import LONGEST_NOTE
from moderation.review.models import Case, CaseKind

ROLES = (Role.LEAD, Role.ADMINISTRATOR)


@transaction.atomic
def escalate(case_id: str, person: Person, note: str = "", *, role: str = Role.LEAD, to: Person | None = None) -> Case:
    """Leave an open case to a role, leads if none is named, or to one person; it comes to the top of the queue.

    The client is told, except of cases that measure people.

    Raises:
        Problem: ``forbidden``, ``invalid``, ``not-found``, or ``conflict`` when it is decided, escalated to them
            already, or held by somebody else.
    """
    _may_leave(person, note)
    if to is None and role not in ROLES:
        raise _invalid("#/to", "Must be lead or administrator, or a person who may review this client.")
    case = cases.held_case(case_id)
    _may_get(to, case)
    if not cases.escalate(case, person, note, role, to):
        raise Problem("conflict", _("This case was decided or escalated before you, or somebody else works on it."))
    whom = to.actor() if to else role
    about = {"submission": case.submission_id, "to": whom}
    audit.record(person.actor(), "case.escalated", case.pk, about, client=case.client_id)
    if case.kind == CaseKind.FIRST:
        events.record(case.client, "case.escalated", case.submission_id, told.case(case))
    return case


@transaction.atomic
def reassign(case_id: str, person: Person, to: Person, note: str = "") -> Case:
    """Give an open case to one person, who gets it next; leads and administrators, or whoever holds it, may do so.

    Raises:
        Problem: as :func:`escalate`.
    """
    _may_leave(person, note)
    case = cases.held_case(case_id)
    if not (rights.is_senior(person) or (case.is_claimed() and case.claimed_by_id == person.pk)):
        raise Problem("forbidden", _("Claim the case first, or ask a lead to give it to somebody."))
    _may_get(to, case)
    taken_from = case.claimed_by if case.is_claimed() and case.claimed_by else person
    if not cases.give(case, taken_from, to, note):
        raise Problem("conflict", _("This case was decided before you."))
    about = {"submission": case.submission_id, "to": to.actor()}
    audit.record(person.actor(), "case.assigned", case.pk, about, client=case.client_id)
    return case


def _may_leave(person: Person, note: str) -> None:
    if not person.may_review():
        raise Problem("forbidden", _("Only moderators, leads and administrators escalate."))
    if len(note) > LONGEST_NOTE:
        raise _invalid("#/note", f"Must be at most {LONGEST_NOTE:,} characters.")


def _may_get(to: Person | None, case: Case) -> None:
    if to and not (to.may_review() and may_see(to, case.client_id)):
        raise _invalid("#/to", "This person does not review this client's pictures.")


def _invalid(pointer: str, detail: str) -> Problem:
    return Problem("invalid", _("The case was not handed on."), errors=[{"pointer": pointer, "detail": detail}])
