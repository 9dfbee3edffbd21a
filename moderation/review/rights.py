"""Who may decide what: escalated cases are for seniors, and nobody judges an appeal against their own decision."""

from django.utils.translation import gettext_noop as _

from moderation.clients.models import ApiKey, Person, Role
from moderation.intake.models import Submission
from moderation.review.models import Appeal, Case, CaseKind, Decision, GoldAnswer, Judgement
from moderation.verdicts.models import Verdict

Decider = Person | ApiKey
SENIOR = frozenset({Role.LEAD, Role.ADMINISTRATOR})
OWN_DECISION = _("You made the decision that is appealed. Somebody else has to look at it.")
OWN_APPEAL = _("You opened this appeal. Somebody else has to look at it.")
ESCALATED = _("This case was escalated: a lead or an administrator decides it.")
ANOTHER_ROLE = _("This case was escalated to another role.")
SOMEBODYS = _("This case was given to somebody else.")
LOOKED_BEFORE = _("You have looked at this picture before. Somebody else has to.")
READS = _("Your role reads. Moderators, leads and administrators decide.")


def refusal(person: Person, case: Case) -> str:
    """Return why the person may not decide the case, or nothing where they may."""
    if not person.may_review():
        return READS
    if case.kind != CaseKind.FIRST:
        return LOOKED_BEFORE if has_looked_before(person, case) else _not_theirs(person, case)
    return barred_by_appeal(person, case.submission) or _not_theirs(person, case)


def _not_theirs(person: Person, case: Case) -> str:
    """Return why the case is left to somebody else, or nothing; a person it was given to need not be a senior."""
    if case.assigned_to_id == person.pk:
        return ""
    roles = person.roles()
    if case.assigned_role not in ("", Role.LEAD):
        return "" if roles & {case.assigned_role, Role.ADMINISTRATOR} else ANOTHER_ROLE
    if roles & SENIOR:
        return ""
    return ESCALATED if case.escalated_at else SOMEBODYS if case.assigned_to_id else ""


def is_senior(person: Person) -> bool:
    return bool(person.roles() & SENIOR)


def barred_by_appeal(by: Decider, submission: Submission) -> str:
    """Return why ``by`` may not decide an open appeal, or nothing: it is theirs, or against what they decided."""
    if isinstance(by, Person) and Appeal.objects.filter(submission=submission, decided_at=None, person=by).exists():
        return OWN_APPEAL
    return OWN_DECISION if decided_what_is_appealed(by, submission) else ""


def decided_what_is_appealed(by: Decider, submission: Submission) -> bool:
    """Say whether an appeal is open against a decision that ``by`` made."""
    if not Appeal.objects.filter(submission=submission, decided_at=None).exists():
        return False
    standing = standing_decision(submission)
    return standing is not None and by in (standing.person, standing.key)


def standing_decision(submission: Submission) -> Decision | None:
    """Return the decision behind the verdict that stands, or None where a policy gave it."""
    told = Verdict.objects.filter(submission=submission, is_current=True).values_list("decision__id", flat=True).first()
    return Decision.objects.select_related("person", "key").filter(pk=told).first() if told else None


def has_looked_before(person: Person, case: Case) -> bool:
    """Say whether the person decided, judged or knew this picture already, so that they cannot look at it blindly."""
    others = Judgement.objects.filter(case__submission=case.submission_id, person=person, undone_at=None)
    return (
        others.exclude(case=case).exists()
        or GoldAnswer.objects.filter(submission=case.submission_id, set_by=person).exists()
        or Decision.objects.filter(submission=case.submission_id, person=person, undone_at=None).exists()
    )
