"""Precision, recall and error are counted on what was drawn at random, each picture for as many as it stands for."""

import pytest
from django.test import Client as Browser

from moderation.clients.models import Client, Person, Role
from moderation.insights import audited
from moderation.insights.audited import Audited, Figure
from moderation.insights.scope import Scope
from moderation.review import services
from moderation.review.models import Case, CaseReason
from moderation.review.services import Choice
from moderation.verdicts import policies
from moderation.verdicts.models import PolicyVersion
from tests.factories import ClientFactory, person
from tests.insights.pages_for_tests import PAGES, narrowed, read
from tests.review.api_for_tests import judged

ALL = {"audit_share": 1.0}


def one(said: str, known: str, weight: float = 10.0, source: str = "api") -> Audited:
    return Audited(f"sub_{said}_{known}", said, known, source, weight)


def value(figure: Figure) -> float | None:
    return figure.share.value if figure.share else None


def test_precision_and_recall_of_each_class() -> None:
    drawn = [
        *[one("ai_generated", "ai_generated")] * 8,
        *[one("ai_generated", "real")] * 2,
        *[one("uncertain", "ai_generated")] * 4,
        *[one("real", "ai_generated")] * 4,
        *[one("real", "real")] * 6,
    ]
    ai, edited, real = audited.by_class(drawn)

    assert (value(ai.precision), value(ai.recall)) == (0.8, 0.5)
    assert (edited.precision.share, edited.recall.n) == (None, 0)
    assert (value(real.precision), value(real.recall)) == (0.6, 0.75)


def test_picture_drawn_rarely_stands_for_more() -> None:
    drawn = [one("real", "real", weight=2.0), one("real", "edited", weight=18.0)]

    assert value(audited.error(drawn)) == pytest.approx(0.9)


def test_uncertain_is_neither_right_nor_wrong() -> None:
    found = audited.error([one("uncertain", "real"), one("edited", "edited")])

    assert (value(found), found.n) == (0.0, 1)


def test_error_is_told_by_source() -> None:
    found = audited.by_source([one("real", "edited"), one("real", "real"), one("edited", "edited", source="page")])

    assert {source: value(figure) for source, figure in found.items()} == {"api": 0.5, "page": 0.0}


@pytest.mark.parametrize(("n", "enough"), [(99, False), (100, True)])
def test_share_is_stated_from_a_hundred_pictures_on(n: int, enough: bool) -> None:
    assert audited.error([one("real", "real")] * n).enough is enough


@pytest.fixture
def harbour(db: None) -> Client:
    return ClientFactory.create(name="Harbour")


@pytest.fixture
def lead(db: None) -> Person:
    return person(Role.LEAD)


def labelled(client: Client, probability: float, label: str) -> str:
    """Return the id of a submission that a person labelled."""
    submission = judged(client, probability)
    services.decide_submission(submission, person(Role.MODERATOR), Choice(label))
    return submission.pk


def drawing(share: float) -> None:
    """Have every policy draw a share, of what it judged before too: the draw follows from the identifier."""
    PolicyVersion.objects.update(review={"audit_share": share})


def test_sample_holds_what_the_policy_drew_and_a_person_labelled(harbour: Client, lead: Person) -> None:
    wrong, right = labelled(harbour, 0.1, "ai_generated"), labelled(harbour, 0.9, "ai_generated")
    labelled(harbour, 0.6, "cannot_tell")
    judged(harbour, 0.9)
    drawing(1.0)

    found = audited.sample(Scope(lead, None, 7))

    assert {(row.submission, row.said, row.known, row.weight) for row in found} == {
        (wrong, "real", "ai_generated", 1.0),
        (right, "ai_generated", "ai_generated", 1.0),
    }
    assert [value(figure) for figure in audited.by_model(found).values()] == [0.5]


def test_what_was_not_drawn_says_nothing(harbour: Client, lead: Person) -> None:
    labelled(harbour, 0.1, "ai_generated")
    drawing(0.0)

    assert audited.sample(Scope(lead, None, 7)) == []


def test_picture_that_a_policy_drew_became_a_case(harbour: Client, lead: Person) -> None:
    policies.change(policies.default_version().policy, **{**policies.DEFAULT_RULES, "review": ALL}, actor="test")
    submission = judged(harbour, 0.1)
    case = Case.objects.get(submission=submission)
    services.decide(case.pk, person(Role.MODERATOR), Choice("edited"))

    assert case.reason == CaseReason.AUDIT
    assert [(row.submission, row.known) for row in audited.sample(Scope(lead, None, 7))] == [(submission.pk, "edited")]


def test_every_number_of_the_page_leads_to_its_pictures(harbour: Client, lead: Person) -> None:
    wrong = labelled(harbour, 0.1, "ai_generated")
    drawing(1.0)
    browser = Browser()

    page = read(browser, lead, PAGES["errors"]).content.decode()
    assert "too few to state a share" in page
    for figure in ("recall:ai_generated", "precision:real", "source:api", "all"):
        answer = read(browser, lead, PAGES["pictures"], figure=figure)
        assert [row.pk for row, _ in answer.context["rows"]] == [wrong], figure
    empty = read(browser, lead, PAGES["pictures"], figure="precision:edited")
    assert empty.context["rows"] == []


def test_sample_of_a_client_that_is_not_seen_is_left_out(harbour: Client) -> None:
    labelled(harbour, 0.1, "ai_generated")
    drawing(1.0)
    reader = narrowed(Role.LEAD, ClientFactory.create())

    assert audited.sample(Scope(reader, None, 7)) == []
    assert read(Browser(), reader, PAGES["pictures"], figure="all").context["rows"] == []
