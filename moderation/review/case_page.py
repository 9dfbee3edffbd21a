"""What the page of a case shows to one person: the evidence, or nothing of it before their own first look."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from moderation.clients.models import REVIEWERS, Person, Preferences, Role
from moderation.clients.preferences import preferences_of, veil
from moderation.intake.models import SealReason
from moderation.intake.seals import may_see_sealed
from moderation.review import exposure, queues, revising, rights, selectors
from moderation.review.access import working_in
from moderation.review.history import history
from moderation.review.manner import Manner, manner_of
from moderation.review.models import Appeal, Case, CaseKind, CaseState, Decision, Judgement, Report, SkipReason
from moderation.review.queue import STRIP, rows
from moderation.review.related import beside, related_to
from moderation.review.report import report_of
from moderation.verdicts.models import HumanLabel

BUTTONS = [(label.value, label.label, label.value) for label in HumanLabel]
ESCALATION: list[tuple[str, str | Promise]] = [
    (Role.LEAD.value, _("A lead")),
    (Role.ADMINISTRATOR.value, _("An administrator")),
]
REPORTS = 5
FACTS = 12
PEOPLE = 50
DIGITS = 9
FIRST = "first_look"


@dataclass(frozen=True)
class Veils:
    """What lies over the picture until the person takes it off."""

    blur: bool
    grey: bool


def context_of(request: HttpRequest, person: Person, case: Case) -> dict[str, Any]:
    """Return the variables of ``review/case.html``."""
    own = preferences_of(person)
    barred = rights.refusal(person, case)
    is_open = case.state == CaseState.OPEN
    holder = case.claimed_by if case.is_claimed() else None
    may_decide = is_open and not barred and (holder is None or holder == person)
    settled = None if is_open else standing(case)
    colleagues = colleagues_of(person) if may_decide else []
    return {
        "case": case,
        "decided": settled,
        "barred": barred,
        "may_review": person.may_review(),
        "may_decide": may_decide,
        "may_revise": revising.may_revise(person, case, settled),
        "may_give": may_decide and (holder == person or rights.is_senior(person)),
        "may_claim": may_decide and holder is None,
        "may_escalate": may_decide and not case.escalated_at,
        "holder": None if holder == person else holder,
        "buttons": BUTTONS,
        "escalation": [*ESCALATION, *colleagues] if may_decide else [],
        "colleagues": colleagues,
        "skip_reasons": SkipReason.choices,
        "following": _following(request, case, person),
        "sealed": _sealed(case, person),
        "may_seal": person.may_review() and case.submission.image is not None and not case.submission.image.is_sealed,
        "seal_reasons": [choice for choice in SealReason.choices if choice[0] != SealReason.LISTED],
        "veils": veils_of(own, manner_of(case, person)),
        **_evidence(request, person, case, may_decide=may_decide),
        **_lease(case, person),
        **_around(request, person, own),
    }


def colleagues_of(person: Person) -> list[tuple[str, str | Promise]]:
    """Return the people to whom a case can be left, each by what the form sends."""
    reviewers = Person.objects.filter(is_active=True, groups__name__in=REVIEWERS).exclude(pk=person.pk)
    people = reviewers.distinct().order_by("first_name", "last_name", "username")[:PEOPLE]
    return [(one.actor(), one.display_name()) for one in people]


def colleague(named: str) -> Person | None:
    """Return the person whom a form names, None where it names a role or nobody that there is."""
    number = named.removeprefix("person:")
    if number == named or not number.isdecimal() or len(number) > DIGITS:
        return None
    return Person.objects.filter(pk=number).first()


def standing(case: Case) -> Decision | Judgement | None:
    """Return what was decided of a case, or judged of one that measures people."""
    if case.kind != CaseKind.FIRST:
        return Judgement.objects.filter(case=case, undone_at=None).select_related("person").first()
    return Decision.objects.filter(case=case, undone_at=None).select_related("person", "key").first()


def is_concealed(request: HttpRequest, person: Person, case: Case) -> bool:
    """Say whether the evidence is kept back until the person has said what they see."""
    return not first_label(request, case) and manner_of(case, person).evidence_first


def first_label(request: HttpRequest, case: Case) -> str:
    """Return what the person said of the case before they saw the evidence, empty where nobody asked."""
    kept: dict[str, str] = request.session.get(FIRST, {})
    return kept.get(case.pk, "")


def keep_first_label(request: HttpRequest, case: Case, label: str) -> None:
    """Remember what the person said first, for as long as they work on this case."""
    request.session[FIRST] = {case.pk: label}


def veils_of(own: Preferences, manner: Manner) -> Veils:
    """Return the veils: as the person chose, else as the queue has it."""
    return Veils(veil(own.blur, manner.blur), veil(own.grey, manner.grey))


def _sealed(case: Case, person: Person) -> bool:
    image = case.submission.image
    return bool(image and image.is_sealed and not may_see_sealed(person))


def _evidence(request: HttpRequest, person: Person, case: Case, *, may_decide: bool) -> dict[str, Any]:
    blind = case.kind != CaseKind.FIRST
    report = report_of(case.submission, blind=blind)
    about = Report.objects.filter(submission=case.submission_id, decision=None)
    return {
        "report": report,
        "concealed": may_decide and is_concealed(request, person, case),
        "first_label": first_label(request, case) if may_decide else "",
        "beside": beside(report.matches, person),
        "related": related_to(case.submission, person),
        "history": history(case, person),
        "metadata": [(name, str(value)) for name, value in case.submission.metadata.items()][:FACTS],
        "appeal": None if blind else Appeal.objects.filter(submission=case.submission_id, decided_at=None).first(),
        "reports": [] if blind else about[:REPORTS],
    }


def _lease(case: Case, person: Person) -> dict[str, Any]:
    if not (case.is_claimed() and case.claimed_by_id == person.pk and case.claimed_until):
        return {"held_by_me": False}
    whole = int(settings.CLAIM_LEASE.total_seconds())
    left = max(0, int((case.claimed_until - timezone.now()).total_seconds()))
    return {"held_by_me": True, "lease_left": left, "lease_whole": whole, "lease_share": 100 * left // max(1, whole)}


def _following(request: HttpRequest, case: Case, person: Person) -> Case | None:
    """Return the case that the person gets after this one, unless somebody takes it before."""
    if not person.may_review():
        return None
    queue, rest = working_in(request), selectors.for_person(person).exclude(pk=case.pk)
    return (queues.narrowed(rest, queue) if queue else rest).first()


def _around(request: HttpRequest, person: Person, own: Preferences) -> dict[str, Any]:
    queue = working_in(request)
    return {
        "queue": queue,
        "strip": rows(STRIP, person, queue),
        "waiting": queues.count_in(queues.cases_in(queue, person) if queue else selectors.visible_to(person)),
        "workload": exposure.workload(person, own.break_minutes) if person.may_review() else None,
    }
