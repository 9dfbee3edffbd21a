"""What is mixed into the work: drawn by identifier, once, blind, and without a trace in any verdict."""

from typing import Any

import pytest

from foundation.problems import Problem
from foundation.samples import drawn
from moderation.clients.models import Role
from moderation.events.models import Event
from moderation.review import selectors, services
from moderation.review.models import Case, CaseKind, CaseReason, CaseState, Decision, GoldAnswer, SecondReview
from moderation.review.quality import gold, mixing
from moderation.review.services import Choice
from moderation.verdicts.models import Verdict
from tests.factories import key, person
from tests.review.api_for_tests import judged, standing
from tests.review.quality.reviews_for_tests import decided, judge, pictured, second_case, told

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _every_decision_is_drawn(settings: Any) -> None:
    settings.SECOND_REVIEW_SHARE = 1.0


@pytest.fixture
def known() -> GoldAnswer:
    """A picture that is known to be edited."""
    return gold.put_in(pictured().pk, person(Role.LEAD), Choice("edited", note="We pasted it ourselves."))


def test_decision_that_is_drawn_gets_a_second_case_that_looks_like_the_first() -> None:
    decision = decided()
    second = second_case(decision)

    assert (second.state, second.reason, second.client_id) == ("open", "uncertain", decision.submission.client_id)
    assert SecondReview.objects.get().decision == decision
    assert second.due_at is not None


def test_decision_that_is_not_drawn_gets_none(settings: Any) -> None:
    settings.SECOND_REVIEW_SHARE = 0.0
    decided()

    assert Case.objects.count() == 1


def test_draw_follows_the_decisions_identifier(settings: Any) -> None:
    settings.SECOND_REVIEW_SHARE = 0.5
    decisions = [decided() for _ in range(6)]

    reviewed = set(SecondReview.objects.values_list("decision", flat=True))
    assert reviewed == {one.pk for one in decisions if drawn("second review", one.pk, 0.5)}


def test_same_decision_is_drawn_once() -> None:
    decision = decided()
    mixing.open_second(decision.submission_id)

    assert Case.objects.filter(kind=CaseKind.SECOND).count() == 1


def test_decision_that_was_undone_in_time_draws_nothing() -> None:
    moderator = person(Role.MODERATOR)
    case = Case.objects.get(submission=judged(person_client(), 0.6))
    made = services.decide(case.pk, moderator, Choice("edited"))
    services.undo(made.pk, moderator)
    told()

    assert not SecondReview.objects.exists()


def person_client() -> Any:
    return key()[0].client


def test_decision_by_a_clients_key_draws_nothing() -> None:
    made, _ = key()
    submission = judged(made.client, 0.6)
    services.decide_submission(submission, made, Choice("edited"))
    told()

    assert not SecondReview.objects.exists()


def test_first_decider_cannot_be_the_blind_reviewer() -> None:
    moderator = person(Role.MODERATOR)
    second = second_case(decided(by=moderator))

    with pytest.raises(Problem) as refused:
        services.decide(second.pk, moderator, Choice("real"))

    second.refresh_from_db()
    assert (refused.value.code, second.state) == ("forbidden", CaseState.OPEN)


def test_blind_case_is_listed_to_others_only() -> None:
    decider, other = person(Role.LEAD), person(Role.MODERATOR)
    case = second_case(decided(by=decider))

    assert case not in selectors.visible_to(decider)
    assert case in selectors.visible_to(other)
    judge(case, "real", other)


def test_second_answer_changes_no_verdict_and_tells_nobody() -> None:
    decision = decided("edited")
    verdicts, events = Verdict.objects.count(), Event.objects.count()

    judged_as = judge(second_case(decision), "real")

    assert (judged_as.label, standing(decision.submission).label) == ("real", "edited")
    assert (Verdict.objects.count(), Event.objects.count(), Decision.objects.count()) == (verdicts, events, 1)


def test_sealed_picture_is_shown_to_nobody_again(settings: Any) -> None:
    settings.SECOND_REVIEW_SHARE = 0.0
    decision = decided()
    image = decision.submission.picture
    type(image).objects.filter(pk=image.pk).update(sealed_at=decision.decided_at)
    settings.SECOND_REVIEW_SHARE = 1.0

    mixing.open_second(decision.submission_id)

    assert not SecondReview.objects.exists()


def test_known_answer_is_mixed_in_as_if_it_had_come_for_the_same_reason(settings: Any, known: GoldAnswer) -> None:
    settings.SECOND_REVIEW_SHARE, settings.GOLD_SHARE = 0.0, 1.0
    decided()

    case = Case.objects.get(kind=CaseKind.GOLD)
    assert (case.submission, case.reason, case.state) == (known.submission, CaseReason.UNCERTAIN, CaseState.OPEN)


def test_known_answer_that_waits_is_not_mixed_in_twice(settings: Any, known: GoldAnswer) -> None:
    settings.GOLD_SHARE = 1.0
    decided()
    decided()

    assert Case.objects.filter(kind=CaseKind.GOLD).count() == 1


def test_one_shown_longest_ago_comes_next(settings: Any, known: GoldAnswer) -> None:
    settings.GOLD_SHARE = 1.0
    other = gold.put_in(pictured().pk, person(Role.LEAD), Choice("real"))
    decided()
    judge(Case.objects.get(kind=CaseKind.GOLD), "edited")
    decided()

    assert Case.objects.get(kind=CaseKind.GOLD, state=CaseState.OPEN).submission == other.submission


def test_retired_answer_is_mixed_in_no_more(settings: Any, known: GoldAnswer) -> None:
    settings.GOLD_SHARE = 1.0
    assert gold.retire(known.pk, known.set_by)
    decided()

    assert not Case.objects.filter(kind=CaseKind.GOLD).exists()


def test_nobody_meets_a_known_answer_twice(settings: Any, known: GoldAnswer) -> None:
    settings.GOLD_SHARE = 1.0
    moderator = person(Role.MODERATOR)
    decided()
    judge(Case.objects.get(kind=CaseKind.GOLD), "edited", moderator)
    decided()
    again = Case.objects.get(kind=CaseKind.GOLD, state=CaseState.OPEN)

    with pytest.raises(Problem, match="before"):
        judge(again, "edited", moderator)


def test_who_put_a_known_answer_in_does_not_meet_it(settings: Any, known: GoldAnswer) -> None:
    settings.SECOND_REVIEW_SHARE, settings.GOLD_SHARE = 0.0, 1.0
    decided()
    case = Case.objects.get(kind=CaseKind.GOLD)

    assert case not in selectors.for_person(known.set_by)
    assert case in selectors.for_person(person(Role.LEAD))
    with pytest.raises(Problem, match="before"):
        judge(case, "edited", known.set_by)
