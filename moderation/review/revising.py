"""Revise a decision later: another decision with its reason, after the window in which the first could be undone."""

from django.db import transaction
from django.utils.translation import gettext_noop as _

from foundation.problems import Problem
from moderation.audit import services as audit
from moderation.clients.models import Person
from moderation.clients.sight import may_see
from moderation.review import cases, decisions, rights
from moderation.review.decisions import Choice
from moderation.review.models import Case, CaseKind, CaseState, Decision


@transaction.atomic
def revise(case_id: str, person: Person, choice: Choice) -> Decision:
    """Decide a decided case anew; ``choice.note`` says why. Who decided may do so, and leads and administrators.

    The verdict gets a further revision at once, its event waits for the retraction window, and it can be undone.

    Raises:
        Problem: ``forbidden`` (also to who decided what is appealed), ``invalid`` without a reason, ``not-found``, or
            ``conflict`` where the case is open, or the choice is what stands.
    """
    decisions.check(choice)
    if not choice.note.strip():
        fault = {"pointer": "#/note", "detail": _("Say why the decision is revised.")}
        raise Problem("invalid", _("The decision was not revised."), errors=[fault])
    case = cases.held_case(case_id)
    if case.kind != CaseKind.FIRST or not may_see(person, case.client_id):
        raise Problem("not-found", _("There is no such case."))
    before = rights.standing_decision(case.submission)
    if case.state != CaseState.DECIDED or before is None:
        raise Problem("conflict", _("No decision stands on this case: decide it."))
    if not may_revise(person, case, before):
        raise Problem("forbidden", _("Who decided it may revise it, and leads and administrators."))
    if before.label == choice.label:
        raise Problem("conflict", _("This is what stands already."))
    made = decisions.make(case.submission, case, person, choice)
    Decision.objects.filter(pk=made.pk).update(revises=before)
    about = {"decision": made.pk, "revises": before.pk}
    audit.record(person.actor(), "decision.revised", case.pk, about, client=case.client_id)
    made.revises = before
    return made


def may_revise(person: Person, case: Case, standing: object) -> bool:
    """Say whether the person may decide a decided case anew."""
    if not person.may_review() or case.kind != CaseKind.FIRST or not isinstance(standing, Decision):
        return False
    return standing.person_id == person.pk or rights.is_senior(person)
