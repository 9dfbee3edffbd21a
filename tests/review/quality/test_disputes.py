"""Two people who do not agree: found, settled once, by a senior who is neither of them."""

from typing import Any

import pytest

from foundation.problems import Problem
from moderation.audit.models import Entry
from moderation.clients.models import Client, Person, Role
from moderation.review import objections
from moderation.review.models import Decision, SecondReview
from moderation.review.quality import disputes, selectors
from moderation.review.services import Choice
from moderation.verdicts.models import HumanLabel
from tests.factories import key, person
from tests.review.api_for_tests import standing
from tests.review.quality.reviews_for_tests import decided, pair, second_case, told

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _every_decision_is_drawn(settings: Any) -> None:
    settings.SECOND_REVIEW_SHARE = 1.0


@pytest.fixture
def lead() -> Person:
    return person(Role.LEAD)


@pytest.fixture
def disputed() -> SecondReview:
    """A picture that one calls edited and the other real."""
    return pair("edited", "real").case.second_review


def test_two_who_differ_stand_in_the_queue_and_two_who_agree_do_not(lead: Person) -> None:
    differing = pair("edited", "real").case.second_review
    pair("edited", "edited")
    second_case(decided("edited"))

    assert list(selectors.disagreements(lead)) == [differing]


def test_reader_sees_only_disagreements_of_clients_that_they_see(disputed: SecondReview) -> None:
    narrow = person(Role.LEAD, sees_every_client=False)
    assert not selectors.disagreements(narrow).exists()

    narrow.visible_clients.add(disputed.case.client)
    assert list(selectors.disagreements(narrow)) == [disputed]


def test_settled_against_the_decision_revises_the_verdict(lead: Person, disputed: SecondReview) -> None:
    settled = disputes.settle(disputed.pk, lead, Choice("real", note="The seam is a shadow."))

    assert (settled.settled_label, settled.settled_by, settled.note) == ("real", lead, "The seam is a shadow.")
    assert standing(disputed.case.submission).label == "real"
    assert Decision.objects.get(submission=disputed.case.submission, person=lead).label == "real"
    assert not selectors.disagreements(lead).exists()
    told()
    assert SecondReview.objects.count() == 1
    entry = Entry.objects.get(action="disagreement.settled")
    assert (entry.actor, entry.object_id, entry.data["label"]) == (lead.actor(), disputed.case_id, "real")


def test_settled_for_the_decision_changes_nothing(lead: Person, disputed: SecondReview) -> None:
    revision = standing(disputed.case.submission).revision
    disputes.settle(disputed.pk, lead, Choice("edited"))

    assert standing(disputed.case.submission).revision == revision
    assert not Decision.objects.filter(person=lead).exists()


def test_settled_once(lead: Person, disputed: SecondReview) -> None:
    disputes.settle(disputed.pk, lead, Choice("edited"))

    with pytest.raises(Problem) as refused:
        disputes.settle(disputed.pk, person(Role.LEAD), Choice("real"))

    disputed.refresh_from_db()
    assert (refused.value.code, disputed.settled_label) == ("conflict", "edited")


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MODERATOR, Role.AUDITOR])
def test_others_do_not_settle(disputed: SecondReview, role: Role) -> None:
    with pytest.raises(Problem) as refused:
        disputes.settle(disputed.pk, person(role), Choice("real"))

    disputed.refresh_from_db()
    assert (refused.value.code, disputed.settled_at) == ("forbidden", None)


@pytest.mark.parametrize("place", [0, 1])
def test_neither_of_the_two_settles_it(place: int) -> None:
    both = [person(Role.LEAD), person(Role.LEAD)]
    review = pair("edited", "real", *both).case.second_review

    with pytest.raises(Problem, match="one of the two"):
        disputes.settle(review.pk, both[place], Choice("real"))


def test_unseen_clients_disagreement_is_not_found(disputed: SecondReview) -> None:
    with pytest.raises(Problem) as refused:
        disputes.settle(disputed.pk, person(Role.LEAD, sees_every_client=False), Choice("real"))

    assert refused.value.code == "not-found"


def test_case_that_is_open_again_is_left_to_who_decides_it(lead: Person) -> None:
    made, _ = key()
    client: Client = made.client
    review = pair("edited", "real", client=client).case.second_review
    objections.report(review.case.submission, made, HumanLabel.REAL, "")

    with pytest.raises(Problem, match="open again"):
        disputes.settle(review.pk, lead, Choice("real"))


def test_label_that_cannot_be_is_refused(lead: Person, disputed: SecondReview) -> None:
    with pytest.raises(Problem) as refused:
        disputes.settle(disputed.pk, lead, Choice("maybe"))

    assert refused.value.code == "invalid"
