"""Claims: one person at a time holds a case, for a lease; proven with people at once on their own connections."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from foundation.problems import Problem
from moderation.audit.models import Entry
from moderation.clients.models import Client, Person, Role
from moderation.intake.models import Priority, StoredImage
from moderation.review import cases, claims, objections, services
from moderation.review.models import Case, CaseKind, CaseReason, CaseState, Decision, Judgement, Queue, Skip
from moderation.review.services import Choice
from moderation.verdicts.models import Verdict
from tests.factories import ClientFactory, SubmissionFactory, key, person
from tests.review.api_for_tests import judged

LONG_AGO = timezone.now() - timedelta(days=1)


@pytest.fixture
def harbour(db: None) -> Client:
    made: Client = ClientFactory.create(name="Harbour", slug="harbour")
    return made


@pytest.fixture
def moderator(db: None) -> Person:
    return person(Role.MODERATOR)


def waiting(client: Client, **fields: Any) -> Case:
    submission = SubmissionFactory.create(client=client)
    case = cases.make(submission, CaseReason.POLICY, Priority.NORMAL)
    Case.objects.filter(pk=case.pk).update(**fields)
    case.refresh_from_db()
    return case


def refused(action: Callable[[], Any]) -> str:
    with pytest.raises(Problem) as refusal:
        action()
    return refusal.value.code


def test_next_case_is_theirs_for_the_lease(harbour: Client, moderator: Person) -> None:
    case = waiting(harbour)

    claimed = claims.claim_next(moderator)

    assert claimed == case
    assert claimed is not None
    assert claimed.claimed_by == moderator
    assert claimed.claimed_at
    assert claimed.claimed_until == pytest.approx(claimed.claimed_at + timedelta(minutes=10), abs=timedelta(seconds=1))
    assert Entry.objects.get(action="case.claimed").object_id == case.pk


def test_order_is_severity_then_due_time_then_age(harbour: Client, moderator: Person) -> None:
    now = timezone.now()
    late = waiting(harbour, due_at=now + timedelta(hours=2))
    soon = waiting(harbour, due_at=now + timedelta(hours=1))
    urgent = waiting(harbour, priority=Priority.HIGH, due_at=now + timedelta(hours=3))

    got = [claims.claim_next(person(Role.MODERATOR)) for _ in range(4)]

    assert got == [urgent, soon, late, None]


def test_service_level_of_the_client_says_when_a_case_is_due(harbour: Client, settings: Any) -> None:
    settings.REVIEW_MINUTES = 60
    quick = ClientFactory.create(review_minutes=5)

    cases = [waiting(client) for client in (harbour, quick)]

    assert cases[0].due_at == cases[0].opened_at + timedelta(minutes=60)
    assert cases[1].due_at == cases[1].opened_at + timedelta(minutes=5)


def test_claim_next_gives_back_what_the_person_holds_already(harbour: Client, moderator: Person) -> None:
    case = waiting(harbour)
    waiting(harbour, priority=Priority.HIGH)
    claims.claim(case.pk, moderator)

    assert claims.claim_next(moderator) == case


def test_queue_narrows_what_comes_next(harbour: Client, moderator: Person) -> None:
    waiting(harbour)
    failed = waiting(harbour, reason=CaseReason.FAILED)
    queue = Queue.objects.create(name="Failed", slug="failed", filter={"reasons": ["failed"]})

    assert claims.claim_next(moderator, queue) == failed


def test_what_somebody_holds_is_a_conflict_to_others(harbour: Client, moderator: Person) -> None:
    case = waiting(harbour)
    claims.claim(case.pk, moderator)
    other = person(Role.LEAD)

    assert claims.claim_next(other) is None
    for action in (
        lambda: claims.claim(case.pk, other),
        lambda: services.decide(case.pk, other, Choice("real")),
        lambda: services.escalate(case.pk, other),
        lambda: claims.extend(case.pk, other),
        lambda: claims.release(case.pk, other),
        lambda: claims.skip(case.pk, other, "unsure"),
    ):
        assert refused(action) == "conflict"
    case.refresh_from_db()
    assert (case.claimed_by, case.state, case.escalated_at) == (moderator, CaseState.OPEN, None)
    assert not Decision.objects.exists()
    assert not Skip.objects.exists()


def test_lease_that_ran_out_leaves_the_case_to_others(harbour: Client, moderator: Person) -> None:
    case = waiting(harbour, claimed_by=moderator, claimed_at=LONG_AGO, claimed_until=LONG_AGO)
    other = person(Role.MODERATOR)

    assert claims.claim_next(other) == case
    assert refused(lambda: claims.extend(case.pk, moderator)) == "conflict"


def test_lease_is_extended_while_nobody_took_the_case(harbour: Client, moderator: Person) -> None:
    case = waiting(harbour, claimed_by=moderator, claimed_at=LONG_AGO, claimed_until=LONG_AGO)

    extended = claims.extend(case.pk, moderator)

    assert extended.is_claimed()
    assert extended.claimed_at == LONG_AGO


def test_released_case_waits_again(harbour: Client, moderator: Person) -> None:
    case = waiting(harbour)
    claims.claim(case.pk, moderator)

    released = claims.release(case.pk, moderator)

    assert (released.claimed_by, released.claimed_until) == (None, None)
    assert claims.claim_next(person(Role.MODERATOR)) == case


def test_skipped_case_comes_to_others_only(harbour: Client, moderator: Person) -> None:
    case, following = waiting(harbour), waiting(harbour)
    claims.claim(case.pk, moderator)

    claims.skip(case.pk, moderator, "distressing", "not today")

    assert claims.claim_next(moderator) == following
    assert claims.claim_next(person(Role.MODERATOR)) == case
    assert (Skip.objects.get().reason, Skip.objects.get().note) == ("distressing", "not today")
    assert Entry.objects.get(action="case.skipped").data["reason"] == "distressing"
    assert "today" not in str(list(Entry.objects.values()))


@pytest.mark.parametrize(("reason", "note"), [("", ""), ("bored", ""), ("unsure", "x" * 2001)])
def test_skip_needs_a_reason(harbour: Client, moderator: Person, reason: str, note: str) -> None:
    case = waiting(harbour)

    assert refused(lambda: claims.skip(case.pk, moderator, reason, note)) == "invalid"
    assert not Skip.objects.exists()


@pytest.mark.parametrize("role", [None, Role.VIEWER, Role.AUDITOR])
def test_others_claim_nothing(harbour: Client, role: Role | None) -> None:
    case, reader = waiting(harbour), person(role)

    for action in (
        lambda: claims.claim(case.pk, reader),
        lambda: claims.claim_next(reader),
        lambda: claims.skip(case.pk, reader, "unsure"),
        lambda: claims.reassign(case.pk, reader, person(Role.MODERATOR)),
    ):
        assert refused(action) == "forbidden"
    case.refresh_from_db()
    assert (case.claimed_by, case.assigned_to) == (None, None)


def test_client_that_a_person_does_not_see_has_no_cases_for_them(harbour: Client) -> None:
    case = waiting(harbour)
    narrow = person(Role.MODERATOR, sees_every_client=False)

    assert claims.claim_next(narrow) is None
    assert refused(lambda: claims.claim(case.pk, narrow)) == "not-found"
    assert refused(lambda: claims.skip(case.pk, narrow, "unsure")) == "not-found"


def test_sealed_picture_is_left_to_the_role_that_may_see_it(harbour: Client, moderator: Person) -> None:
    case = waiting(harbour)
    StoredImage.objects.filter(pk=case.submission.image_id).update(sealed_at=timezone.now())

    assert claims.claim_next(moderator) is None
    assert claims.claim_next(person(Role.ADMINISTRATOR)) == case


def test_case_given_to_a_person_comes_to_them_next_and_to_no_other_moderator(harbour: Client) -> None:
    case, urgent = waiting(harbour), waiting(harbour, priority=Priority.HIGH)
    lead, expert, other = person(Role.LEAD), person(Role.MODERATOR), person(Role.MODERATOR)

    claims.reassign(case.pk, lead, expert, "your field")

    assert claims.claim_next(other) == urgent
    assert claims.claim_next(other) == urgent
    assert refused(lambda: services.decide(case.pk, other, Choice("real"))) == "forbidden"
    assert claims.claim_next(expert) == case
    assert Entry.objects.get(action="case.assigned").data["to"] == expert.actor()


def test_moderator_hands_on_only_what_they_hold(harbour: Client, moderator: Person) -> None:
    case, other = waiting(harbour), person(Role.MODERATOR)
    assert refused(lambda: claims.reassign(case.pk, moderator, other)) == "forbidden"
    claims.claim(case.pk, moderator)

    claims.reassign(case.pk, moderator, other)

    case.refresh_from_db()
    assert (case.assigned_to, case.claimed_by) == (other, None)


@pytest.mark.parametrize("role", [None, Role.VIEWER, Role.AUDITOR])
def test_nobody_is_given_what_they_may_not_decide(harbour: Client, role: Role | None) -> None:
    case = waiting(harbour)

    assert refused(lambda: claims.reassign(case.pk, person(Role.LEAD), person(role))) == "invalid"
    assert refused(lambda: claims.escalate(case.pk, person(Role.LEAD), to=person(role))) == "invalid"
    case.refresh_from_db()
    assert (case.assigned_to, case.escalated_at) == (None, None)


def test_escalated_to_administrators_a_lead_does_not_decide_it(harbour: Client, moderator: Person) -> None:
    case, lead = waiting(harbour), person(Role.LEAD)
    claims.escalate(case.pk, moderator, "legal", role="administrator")

    assert claims.claim_next(lead) is None
    assert refused(lambda: claims.claim(case.pk, lead)) == "forbidden"
    assert claims.claim_next(person(Role.ADMINISTRATOR)) == case


def test_lead_escalates_further_once(harbour: Client, moderator: Person) -> None:
    case, lead = waiting(harbour), person(Role.LEAD)
    claims.escalate(case.pk, moderator)

    claims.escalate(case.pk, lead, role="administrator")

    assert refused(lambda: claims.escalate(case.pk, lead, role="administrator")) == "conflict"
    assert Case.objects.get().assigned_role == "administrator"


def test_escalated_to_a_moderator_by_name_they_decide_it(harbour: Client, moderator: Person) -> None:
    case, expert = waiting(harbour), person(Role.MODERATOR)

    claims.escalate(case.pk, moderator, "seams", to=expert)

    assert claims.claim_next(moderator) is None
    assert claims.claim_next(expert) == case


@pytest.mark.parametrize("role", ["viewer", "moderator", "legal", ""])
def test_nothing_is_escalated_to_a_role_that_is_not_above(harbour: Client, moderator: Person, role: str) -> None:
    case = waiting(harbour)

    assert refused(lambda: claims.escalate(case.pk, moderator, role=role)) == "invalid"


def test_own_decision_that_is_appealed_is_not_handed_out(harbour: Client, moderator: Person) -> None:
    submission = judged(harbour, 0.6)
    services.decide(Case.objects.get().pk, moderator, Choice("real"))
    objections.appeal(submission, key(harbour)[0], "mine")

    assert claims.claim_next(moderator) is None
    assert claims.claim_next(person(Role.MODERATOR)) == Case.objects.get()


def test_blind_second_review_is_for_somebody_else_and_changes_no_verdict(harbour: Client, moderator: Person) -> None:
    submission = judged(harbour, 0.6)
    services.decide(Case.objects.get().pk, moderator, Choice("real"))
    second = cases.make(submission, CaseReason.POLICY, Priority.NORMAL, CaseKind.SECOND)
    other = person(Role.MODERATOR)

    assert claims.claim_next(moderator) is None
    assert refused(lambda: services.decide(second.pk, moderator, Choice("edited"))) == "forbidden"
    assert claims.claim_next(other) == second
    made = services.decide(second.pk, other, Choice("edited", "metadata", "odd", "real"))

    assert isinstance(made, Judgement)
    assert (made.label, made.first_label, made.seen["revision"]) == ("edited", "real", 1)
    assert Verdict.objects.get(is_current=True).revision == 2
    assert Decision.objects.count() == 1
    assert cases.case_of(submission) != second


def test_judgement_is_undone_like_a_decision(harbour: Client, moderator: Person, settings: Any) -> None:
    second = cases.make(judged(harbour, 0.9), CaseReason.POLICY, Priority.NORMAL, CaseKind.GOLD)
    made = services.decide(second.pk, moderator, Choice("edited"))

    services.undo(made.pk, moderator)

    second.refresh_from_db()
    assert (second.state, second.is_claimed(), Verdict.objects.count()) == (CaseState.OPEN, True, 1)
    settings.RETRACTION_WINDOW = timedelta(0)
    again = services.decide(second.pk, moderator, Choice("real"))
    assert refused(lambda: services.undo(again.pk, moderator)) == "conflict"


def test_undone_decision_leaves_the_case_with_its_decider(harbour: Client, moderator: Person) -> None:
    judged(harbour, 0.6)
    case = claims.claim_next(moderator)
    assert case
    services.undo(services.decide(case.pk, moderator, Choice("real")).pk, moderator)

    assert refused(lambda: claims.claim(case.pk, person(Role.LEAD))) == "conflict"


def at_once(actions: list[Callable[[], Any]]) -> list[Any]:
    """Run each action in its own thread, on its own connection, all let go at the same moment."""
    barrier = Barrier(len(actions))

    def run(action: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            barrier.wait(20)
            return action()
        except Problem as problem:
            return problem.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


@pytest.mark.django_db(transaction=True)
def test_people_at_once_get_different_cases() -> None:
    client = ClientFactory.create()
    waiting_now = {waiting(client).pk for _ in range(6)}
    people = [person(Role.MODERATOR) for _ in range(8)]

    got = at_once([partial(claims.claim_next, who) for who in people])

    claimed = [case.pk for case in got if case]
    assert len(claimed) == len(set(claimed)) == 6
    assert set(claimed) == waiting_now
    holders = Case.objects.values_list("claimed_by", flat=True)
    assert len(set(holders)) == 6
    assert Entry.objects.filter(action="case.claimed").count() == 6


@pytest.mark.django_db(transaction=True)
def test_one_case_claimed_and_decided_at_once_is_decided_by_who_holds_it() -> None:
    submission = judged(ClientFactory.create(), 0.6)
    case = Case.objects.get()
    holder, others = person(Role.MODERATOR), [person(Role.MODERATOR) for _ in range(5)]
    claims.claim(case.pk, holder)

    outcomes = at_once(
        [
            *[lambda who=who: services.decide(case.pk, who, Choice("edited")) for who in others[:3]],
            *[lambda who=who: claims.claim(case.pk, who) for who in others[3:]],
            lambda: services.decide(case.pk, holder, Choice("real")),
        ]
    )

    assert outcomes[:5] == ["conflict"] * 5
    assert outcomes[5] == Decision.objects.get()
    assert Verdict.objects.get(submission=submission, is_current=True).label == "real"
    assert Verdict.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_claim_against_decision_of_a_free_case_leaves_exactly_one_winner() -> None:
    judged(ClientFactory.create(), 0.6)
    case = Case.objects.get()
    decider, claimer = person(Role.MODERATOR), person(Role.MODERATOR)

    decided, claimed = at_once(
        [lambda: services.decide(case.pk, decider, Choice("real")), lambda: claims.claim(case.pk, claimer)]
    )

    case.refresh_from_db()
    if decided == "conflict":
        assert (case.state, case.claimed_by, Decision.objects.count()) == (CaseState.OPEN, claimer, 0)
        assert claimed == case
    else:
        assert (case.state, case.claimed_by, claimed) == (CaseState.DECIDED, decider, "conflict")
