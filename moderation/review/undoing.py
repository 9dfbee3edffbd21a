"""Undo a decision or a judgement: within the retraction window, by whoever made it, as if it had never been made."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from foundation.problems import Problem
from moderation.audit import services as audit
from moderation.clients.models import Person
from moderation.events import services as events
from moderation.review import cases, settling
from moderation.review.models import Decision, Judgement
from moderation.verdicts import services as verdicts
from moderation.verdicts.models import Verdict


@transaction.atomic
def undo(decision_id: str, person: Person) -> Decision | Judgement:
    """Undo one's own decision while its event has not been told; the verdict before it stands again.

    What the decision had settled, reports and an appeal, is open again. A judgement is undone within the same window.

    Raises:
        Problem: ``forbidden``, ``not-found``, or ``conflict`` when it is undone, replaced or told already.
    """
    made = _made(decision_id)
    if made.person_id != person.pk or not person.may_review():
        raise Problem("forbidden", _("Only the person who decided can undo."))
    undone = _undo(made) if isinstance(made, Decision) else _undo_judgement(made)
    if undone.case_id:
        cases.extend(undone.case_id, person, timezone.now() + settings.CLAIM_LEASE)
    _note(undone, person.actor())
    return undone


def withdraw(decision: Decision, actor: str) -> None:
    """Take back a decision, told already or not; where it was told, the client hears of the further revision.

    Raises:
        Problem: ``conflict`` where another decision replaced it, or it is undone.
    """
    with transaction.atomic():
        try:
            with transaction.atomic():
                _undo(decision)
        except Problem:
            _undo_told(decision)
        _note(decision, actor)


def _undo_told(decision: Decision) -> None:
    submission = cases.held(decision.submission_id)
    stands = Verdict.objects.filter(submission=submission, is_current=True, revision=decision.revision)
    fresh = Decision.objects.filter(pk=decision.pk, undone_at=None)
    if not stands.exists() or not fresh.update(undone_at=timezone.now()):
        raise Problem("conflict", _("Another decision replaced it, or it was undone already."))
    verdicts.restore(submission, decision.replaced_revision, untold=False)
    case = cases.case_of(submission)
    if case and decision.case_id and decision.revises_id is None:
        cases.reopen(case)


def _made(decision_id: str) -> Decision | Judgement:
    rows = (Decision.objects.select_related("case"), Judgement.objects.select_related("case"))
    found = rows[0].filter(pk=decision_id).first() or rows[1].filter(pk=decision_id).first()
    if found is None:
        raise Problem("not-found", _("There is no such decision."))
    return found


def _subject(made: Decision | Judgement) -> str:
    return made.submission_id if isinstance(made, Decision) else made.case_id


def _note(undone: Decision | Judgement, actor: str) -> None:
    client = undone.submission.client_id if isinstance(undone, Decision) else undone.case.client_id
    before, after = {"label": undone.label}, {"label": None}
    subject, about = undone.case_id or _subject(undone), {"decision": undone.pk}
    audit.record(actor, "decision.undone", subject, about, client=client, before=before, after=after)


def _undo(found: Decision) -> Decision:
    submission = cases.held(found.submission_id)
    if not _take_back(found.pk):
        raise _too_late()
    verdicts.restore(submission, found.replaced_revision, untold=True)
    case = cases.case_of(submission)
    if case and found.case_id and found.revises_id is None:
        cases.reopen(case)
    return Decision.objects.select_related("case").get(pk=found.pk)


def _undo_judgement(found: Judgement) -> Judgement:
    cases.held(found.case.submission_id)
    since = timezone.now() - settings.RETRACTION_WINDOW
    fresh = Judgement.objects.filter(pk=found.pk, undone_at=None, decided_at__gt=since)
    if not fresh.update(undone_at=timezone.now()) or not cases.reopen(found.case):
        raise _too_late()
    return found


def _too_late() -> Problem:
    return Problem("conflict", _("It is too late to undo: the decision was already sent, replaced or undone."))


def _take_back(decision_id: str) -> bool:
    """Take back the decision and its events; where that is False the caller's transaction must be rolled back."""
    decision = Decision.objects.get(pk=decision_id)
    stands = Verdict.objects.filter(submission=decision.submission_id, is_current=True, revision=decision.revision)
    fresh = Decision.objects.filter(pk=decision_id, undone_at=None)
    return (
        stands.exists()
        and events.retract(decision.event_id)
        and settling.unsettle(decision)
        and bool(fresh.update(undone_at=timezone.now()))
    )
