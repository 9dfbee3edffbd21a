"""Queues: what each filter lets through, what a person sees of it, and what cannot be a filter."""

from datetime import timedelta
from typing import Any

import pytest

from moderation.clients.models import Client, Person, Role
from moderation.intake.models import Priority, Submission
from moderation.review import cases, queues
from moderation.review.models import Case, CaseKind, CaseReason, Queue
from moderation.verdicts import services as verdicts
from tests.factories import ClientFactory, SubmissionFactory, person, said
from tests.review.api_for_tests import RAN

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead() -> Person:
    return person(Role.LEAD)


def case_of(client: Client, probability: float = 0.6, role: str = "general", **fields: Any) -> Case:
    submission: Submission = SubmissionFactory.create(client=client)
    verdicts.record_analysis(submission, [said(probability, role)], RAN)
    case = cases.make(submission, CaseReason.POLICY, Priority.NORMAL)
    Case.objects.filter(pk=case.pk).update(**fields)
    return case


def found(person_: Person, **given: Any) -> list[Case]:
    return list(queues.cases_in(Queue(name="Q", filter=given), person_))


def test_each_filter_lets_through_what_it_names(lead: Person) -> None:
    harbour, forum = ClientFactory.create(slug="harbour"), ClientFactory.create(slug="forum")
    plain = case_of(harbour)
    failed = case_of(harbour, 0.1, reason=CaseReason.FAILED)
    face = case_of(forum, 0.9, "face")
    escalated = case_of(forum, 0.7, escalated_at=plain.opened_at)
    second = case_of(forum, 0.65, kind=CaseKind.SECOND)
    everything = [plain, failed, face, escalated, second]

    assert found(lead) == everything
    assert found(lead, reasons=["failed"]) == [failed]
    assert found(lead, kinds=["second"]) == [second]
    assert found(lead, clients=["harbour"]) == [plain, failed]
    assert found(lead, roles=["face"]) == [face]
    assert found(lead, labels=["real"]) == [failed]
    assert found(lead, sources=["page"]) == []
    assert found(lead, min_score=0.65, max_score=0.7) == [escalated, second]
    assert found(lead, escalated=True) == [escalated]
    assert found(lead, escalated=False, clients=["forum"]) == [face, second]


def test_queue_shows_only_clients_that_the_person_sees(lead: Person) -> None:
    harbour, forum = ClientFactory.create(), ClientFactory.create()
    seen, _ = case_of(harbour), case_of(forum)
    narrow = person(Role.MODERATOR, sees_every_client=False)
    narrow.visible_clients.add(harbour)

    assert found(narrow) == [seen]
    assert len(found(lead)) == 2


def test_personal_queues_are_their_owners(lead: Person) -> None:
    shared = Queue.objects.create(name="Shared", slug="shared")
    own = Queue.objects.create(name="Own", slug="own", owner=lead)
    Queue.objects.create(name="Theirs", slug="theirs", owner=person(Role.LEAD))

    assert [one for one in queues.shared_by(lead) if one in (own, shared) or one.owner] == [own, shared]


def test_due_time_is_the_queues_where_it_has_one() -> None:
    case = case_of(ClientFactory.create())
    case.refresh_from_db()

    assert queues.due_of(case, None) == queues.due_of(case, Queue()) == case.due_at
    assert queues.due_of(case, Queue(due_minutes=5)) == case.opened_at + timedelta(minutes=5)


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ([], "#/filter"),
        ({"reason": ["failed"]}, "#/filter/reason"),
        ({"reasons": "failed"}, "#/filter/reasons"),
        ({"reasons": ["bored"]}, "#/filter/reasons"),
        ({"reasons": [1]}, "#/filter/reasons"),
        ({"clients": ["nobody\x00"]}, "#/filter/clients"),
        ({"roles": ["'; drop"]}, "#/filter/roles"),
        ({"roles": ["a"] * 51}, "#/filter/roles"),
        ({"min_score": 1.5}, "#/filter/min_score"),
        ({"max_score": True}, "#/filter/max_score"),
        ({"escalated": "yes"}, "#/filter/escalated"),
    ],
)
def test_impossible_filter_is_named(given: Any, pointer: str) -> None:
    assert [fault["pointer"] for fault in queues.faults(given)] == [pointer]


def test_possible_filter_has_no_fault() -> None:
    ClientFactory.create(slug="harbour")
    given = {"reasons": ["failed"], "clients": ["harbour"], "roles": ["face"], "min_score": 0, "escalated": None}

    assert queues.faults(given) == []
