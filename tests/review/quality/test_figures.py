"""What double reviews and known answers say of a team and of each person in it."""

from typing import Any

import pytest

from moderation.clients.models import Person, Role
from moderation.review.models import Case, CaseKind
from moderation.review.quality import gold, selectors
from moderation.review.services import Choice
from tests.factories import person
from tests.review.quality.reviews_for_tests import decided, judge, pair, pictured

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _every_decision_is_drawn(settings: Any) -> None:
    settings.SECOND_REVIEW_SHARE = 1.0


@pytest.fixture
def lead() -> Person:
    return person(Role.LEAD)


def test_agreement_is_counted_for_both_of_a_pair(lead: Person) -> None:
    anna, ben, cleo = (person(Role.MODERATOR, username=name) for name in ("anna", "ben", "cleo"))
    pair("edited", "edited", anna, ben)
    pair("real", "edited", anna, ben)
    pair("real", "real", anna, cleo)

    standings = {one.person: one for one in selectors.standings(lead, selectors.since())}

    found = {who.username: standings[who].agreement for who in (anna, ben, cleo)}
    assert [one and (one.share.hits, one.share.n) for one in found.values()] == [(2, 3), (1, 2), (1, 1)]
    overall = selectors.overall(selectors.pairs(lead, selectors.since()))
    assert overall is not None
    assert (overall.share.hits, overall.share.n) == (2, 3)
    assert overall.kappa == pytest.approx(0.4)


def test_known_answers_are_counted_for_who_met_them(lead: Person, settings: Any) -> None:
    settings.GOLD_SHARE = 1.0
    for label in ("edited", "real"):
        gold.put_in(pictured().pk, lead, Choice(label))
    moderator = person(Role.MODERATOR)
    decided()
    decided()
    for case in Case.objects.filter(kind=CaseKind.GOLD):
        judge(case, "edited", moderator)

    [standing] = [one for one in selectors.standings(lead, selectors.since()) if one.person == moderator]

    assert standing.gold is not None
    assert (standing.gold.hits, standing.gold.n, standing.agreement) == (1, 2, None)


def test_what_the_reader_may_not_see_is_not_counted(lead: Person) -> None:
    judged = pair("edited", "real")
    narrow = person(Role.LEAD, sees_every_client=False)
    assert selectors.pairs(narrow, selectors.since()) == []

    narrow.visible_clients.add(judged.case.client)
    assert len(selectors.pairs(narrow, selectors.since())) == 1
    assert selectors.pairs(lead, selectors.since(), pictured().client) == []
