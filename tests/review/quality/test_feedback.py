"""Trainees, and nobody else, are told at once how their blind answer compares."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from foundation.problems import Problem
from moderation.audit.models import Entry
from moderation.clients.models import Person, Role
from moderation.review.models import Case, CaseKind, Trainee
from moderation.review.quality import feedback, gold
from moderation.review.services import Choice
from tests.factories import person
from tests.review.quality.reviews_for_tests import decided, judge, pair, pictured

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead() -> Person:
    return person(Role.LEAD)


@pytest.fixture
def trainee(lead: Person) -> Person:
    moderator = person(Role.MODERATOR)
    feedback.train(moderator, lead)
    return moderator


@pytest.fixture
def known_case(settings: Any, lead: Person) -> Case:
    """A case of a picture that is known to be edited."""
    settings.GOLD_SHARE = 1.0
    gold.put_in(pictured().pk, lead, Choice("edited", note="We pasted it ourselves."))
    decided()
    return Case.objects.get(kind=CaseKind.GOLD)


def test_trainee_learns_the_known_answer_and_why(trainee: Person, known_case: Case) -> None:
    judge(known_case, "real", trainee)

    told = feedback.latest(trainee)

    assert told is not None
    assert (told.said_words, told.compared_words, told.agrees) == ("Real", "Edited", False)
    assert (told.source, told.why, told.case_id) == ("It is known to be", "We pasted it ourselves.", known_case.pk)


def test_who_is_no_trainee_is_told_nothing(known_case: Case) -> None:
    moderator = person(Role.MODERATOR)
    judge(known_case, "real", moderator)

    assert feedback.latest(moderator) is None


def test_trainee_learns_what_the_first_reviewer_decided(settings: Any, trainee: Person) -> None:
    settings.SECOND_REVIEW_SHARE = 1.0
    pair("edited", "edited", None, trainee)

    told = feedback.latest(trainee)

    assert told is not None
    assert (told.agrees, told.source) == (True, "Somebody else decided")


def test_feedback_goes_with_the_next_answer_and_after_five_minutes(trainee: Person, known_case: Case) -> None:
    judge(known_case, "real", trainee)
    with time_machine.travel(timezone.now() + timedelta(minutes=5, seconds=1)):
        assert feedback.latest(trainee) is None

    decided(by=trainee)
    assert feedback.latest(trainee) is None


def test_lead_names_a_trainee_once_and_ends_it(lead: Person, trainee: Person) -> None:
    feedback.train(trainee, lead)
    assert Trainee.objects.count() == 1
    feedback.graduate(trainee, lead)
    feedback.graduate(trainee, lead)

    assert not feedback.is_trainee(trainee)
    actions = list(Entry.objects.filter(action__startswith="trainee").values_list("action", flat=True))
    assert sorted(actions) == ["trainee.named", "trainee.released"]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MODERATOR, Role.AUDITOR])
def test_others_name_nobody(trainee: Person, role: Role) -> None:
    for attempt in (feedback.train, feedback.graduate):
        with pytest.raises(Problem) as refused:
            attempt(trainee, person(role))
        assert refused.value.code == "forbidden"
    assert list(Trainee.objects.values_list("person", flat=True)) == [trainee.pk]


def test_who_does_not_review_cannot_be_a_trainee(lead: Person) -> None:
    with pytest.raises(Problem) as refused:
        feedback.train(person(Role.VIEWER), lead)

    assert refused.value.code == "invalid"
