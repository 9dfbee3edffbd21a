"""Cases open where a person is needed; a decision is logged, held, undoable, and made once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from foundation.problems import Problem
from moderation.audit.models import Entry
from moderation.clients.models import Person, Role
from moderation.events import services as events
from moderation.events.models import Event
from moderation.intake.models import Submission
from moderation.review import selectors, services
from moderation.review.models import Case, CaseState, Decision
from moderation.review.services import Choice
from moderation.verdicts import services as verdicts
from moderation.verdicts.models import Verdict
from tests.factories import SubmissionFactory, person, said

RAN = {"general": "mdl_1", "face": "mdl_2", "edited": "mdl_3"}


def judged(probability: float) -> Submission:
    submission = SubmissionFactory.create()
    verdicts.record_analysis(submission, [said(probability)], RAN)
    events.dispatch_due()
    return submission


def open_case() -> Case:
    return Case.objects.get(submission=judged(0.6))


@pytest.fixture
def moderator(db: None) -> Person:
    return person(Role.MODERATOR)


@pytest.mark.django_db
def test_uncertain_verdict_opens_a_case() -> None:
    submission = judged(0.6)

    case = Case.objects.get()
    assert (case.submission, case.state, case.reason) == (submission, CaseState.OPEN, "uncertain")


@pytest.mark.django_db
@pytest.mark.parametrize("probability", [0.1, 0.9])
def test_verdict_that_needs_nobody_opens_none(probability: float) -> None:
    judged(probability)

    assert not Case.objects.exists()


@pytest.mark.django_db
def test_failed_analysis_goes_to_people() -> None:
    submission = SubmissionFactory.create()
    verdicts.record_failure(submission, "internal", "three times")
    events.dispatch_due()

    assert Case.objects.get().reason == "failed"


@pytest.mark.django_db
def test_event_told_twice_opens_one_case() -> None:
    judged(0.6)
    Event.objects.update(dispatched_at=None)
    events.dispatch_due()

    assert Case.objects.count() == 1


def test_decision_revises_the_verdict_and_logs_what_was_seen(moderator: Person) -> None:
    case = open_case()

    decision = services.decide(case.pk, moderator, Choice("edited", "visual_artifacts", "seam at the collar"))

    case.refresh_from_db()
    assert case.state == CaseState.DECIDED
    verdict = Verdict.objects.get(is_current=True)
    assert (verdict.label, verdict.decided_by, verdict.revision) == ("edited", "person", 2)
    assert verdict.decision is not None
    assert verdict.decision["id"] == decision.pk
    entry = Entry.objects.get(action="case.decided")
    assert (entry.actor, entry.object_id) == (f"person:{moderator.pk}", case.pk)
    assert entry.data["seen"]["revision"] == 1
    assert [one["probability"] for one in entry.data["seen"]["findings"]] == [0.6]


def test_note_stays_out_of_the_audit_log(moderator: Person) -> None:
    services.decide(open_case().pk, moderator, Choice("real", note="Jane Doe's picture"))

    assert "Jane" not in str(list(Entry.objects.values()))


def test_second_decision_of_a_case_is_a_conflict(moderator: Person) -> None:
    case = open_case()
    services.decide(case.pk, moderator, Choice("real"))

    with pytest.raises(Problem, match="conflict"):
        services.decide(case.pk, person(Role.LEAD), Choice("edited"))

    assert Decision.objects.count() == 1


@pytest.mark.parametrize("role", [None, Role.VIEWER, Role.AUDITOR])
def test_others_cannot_decide_and_change_nothing(db: None, role: Role | None) -> None:
    case = open_case()

    with pytest.raises(Problem, match="forbidden"):
        services.decide(case.pk, person(role), Choice("real"))

    case.refresh_from_db()
    assert case.state == CaseState.OPEN
    assert not Decision.objects.exists()
    assert not Entry.objects.filter(action="case.decided").exists()


@pytest.mark.parametrize(
    ("choice", "pointer"),
    [
        (Choice("fake"), "#/label"),
        (Choice("uncertain"), "#/label"),
        (Choice("real", "because"), "#/reason_code"),
        (Choice("real", note="x" * 2001), "#/note"),
    ],
)
def test_impossible_choice_is_refused(moderator: Person, choice: Choice, pointer: str) -> None:
    case = open_case()

    with pytest.raises(Problem) as refusal:
        services.decide(case.pk, moderator, choice)

    assert (refusal.value.code, refusal.value.errors[0]["pointer"]) == ("invalid", pointer)
    assert not Decision.objects.exists()


def test_undo_in_time_sends_nothing_and_opens_the_case_again(moderator: Person) -> None:
    case = open_case()
    decision = services.decide(case.pk, moderator, Choice("real"))

    services.undo(decision.pk, moderator)

    case.refresh_from_db()
    assert case.state == CaseState.OPEN
    verdict = Verdict.objects.get(is_current=True)
    assert (verdict.revision, verdict.label, verdict.decided_by) == (3, "uncertain", "policy")
    Event.objects.update(not_before=Event.objects.values_list("created_at")[:1])
    assert events.dispatch_due() == 0


def test_undo_after_the_telling_is_refused(moderator: Person, settings: Any) -> None:
    decision = services.decide(open_case().pk, moderator, Choice("real"))
    Event.objects.update(not_before=decision.decided_at)
    events.dispatch_due()

    with pytest.raises(Problem, match="conflict"):
        services.undo(decision.pk, moderator)

    assert Verdict.objects.get(is_current=True).label == "real"


def test_undo_twice_is_refused(moderator: Person) -> None:
    decision = services.decide(open_case().pk, moderator, Choice("real"))
    services.undo(decision.pk, moderator)

    with pytest.raises(Problem, match="conflict"):
        services.undo(decision.pk, moderator)

    assert Verdict.objects.count() == 3


def test_nobody_undoes_another_persons_decision(moderator: Person) -> None:
    decision = services.decide(open_case().pk, moderator, Choice("real"))

    with pytest.raises(Problem, match="forbidden"):
        services.undo(decision.pk, person(Role.LEAD))

    assert Decision.objects.get().undone_at is None


def test_case_can_be_decided_again_after_an_undo(moderator: Person) -> None:
    case = open_case()
    services.undo(services.decide(case.pk, moderator, Choice("real")).pk, moderator)

    services.decide(case.pk, moderator, Choice("cannot_tell"))

    verdict = Verdict.objects.get(is_current=True)
    assert (verdict.label, verdict.decided_by, verdict.action) == ("uncertain", "person", "review")


def test_failed_submission_can_be_decided_and_undone(moderator: Person) -> None:
    submission = SubmissionFactory.create()
    verdicts.record_failure(submission, "internal", "three times")
    events.dispatch_due()
    decision = services.decide(Case.objects.get().pk, moderator, Choice("ai_generated"))
    assert Verdict.objects.get(is_current=True).label == "ai_generated"

    services.undo(decision.pk, moderator)

    assert not Verdict.objects.filter(is_current=True).exists()


def test_undoable_is_the_last_own_decision_within_the_window(moderator: Person, settings: Any) -> None:
    decision = services.decide(open_case().pk, moderator, Choice("real"))

    assert selectors.undoable(moderator) == decision
    assert selectors.undoable(person(Role.LEAD)) is None
    assert 25 <= selectors.seconds_left(decision) <= 30


@pytest.mark.django_db(transaction=True)
def test_two_moderators_at_once_make_one_decision() -> None:
    case = open_case()
    people = [person(Role.MODERATOR) for _ in range(6)]

    def decide(who: Person) -> str:
        try:
            services.decide(case.pk, who, Choice("real"))
        except Problem as problem:
            return problem.code
        finally:
            connection.close()
        return "decided"

    with ThreadPoolExecutor(6) as pool:
        outcomes = sorted(pool.map(decide, people))

    assert outcomes == ["conflict"] * 5 + ["decided"]
    assert Decision.objects.count() == 1
    assert Verdict.objects.count() == 2
