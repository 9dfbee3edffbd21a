"""Judge a case that measures people: a blind second review, a picture with a known answer. No verdict changes."""

from moderation.audit import services as audit
from moderation.clients.models import Person
from moderation.intake.models import Submission
from moderation.review import decisions
from moderation.review.decisions import Choice
from moderation.review.models import Case, Judgement
from moderation.verdicts.models import DecidedBy, Verdict


def make(case: Case, person: Person, choice: Choice) -> Judgement:
    """Write down what the person said of the case, which the caller has closed; nobody outside is told."""
    judgement = Judgement.objects.create(
        case=case,
        person=person,
        label=choice.label,
        first_label=choice.first_label,
        reason_code=choice.reason_code,
        note=choice.note,
        seen=decisions.seen_of(case.submission, machine_verdict(case.submission)),
    )
    about = {"decision": judgement.pk, "label": judgement.label, "seen": judgement.seen}
    audit.record(person.actor(), "case.judged", case.pk, about, client=case.client_id)
    return judgement


def machine_verdict(submission: Submission) -> Verdict | None:
    """Return the last verdict that a policy gave: what a blind reviewer may see, whatever people decided since."""
    given = Verdict.objects.filter(submission=submission, decided_by=DecidedBy.POLICY)
    return given.select_related("policy_version__policy").order_by("-revision").first()
