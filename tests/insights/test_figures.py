"""The figures behind the charts, counted to the last case."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from moderation.clients.models import Person, Role
from moderation.events import services as events
from moderation.insights import drawing, drifting, links, outcomes, people, volume
from moderation.insights.scope import Scope
from moderation.intake.models import Submission
from moderation.registry.models import ModelVersion
from moderation.review import services
from moderation.review.models import Case
from moderation.review.services import Choice
from moderation.verdicts import explorer
from moderation.verdicts.models import Label
from tests.factories import ClientFactory, person
from tests.review.api_for_tests import judged
from tests.review.quality.reviews_for_tests import decided, pair

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def lead() -> Person:
    return person(Role.LEAD)


@pytest.fixture
def scope(lead: Person) -> Scope:
    return Scope(lead, None, 7)


def at(moment: datetime, probability: float = 0.6) -> Case | None:
    with time_machine.travel(moment, tick=False):
        return Case.objects.filter(submission=judged(ClientFactory.create(), probability)).first()


def test_waiting_cases_are_counted_by_age_and_what_is_late(scope: Scope) -> None:
    for ago in (timedelta(minutes=10), timedelta(hours=2), timedelta(hours=23), timedelta(days=2), timedelta(days=9)):
        at(NOW - ago)

    with time_machine.travel(NOW, tick=False):
        found = volume.waiting(scope)

    assert (found.count, list(found.ages), found.overdue) == (5, [1, 1, 1, 1, 1], 2)
    assert found.oldest is not None
    assert found.oldest.opened_at == NOW - timedelta(days=9)


def test_days_count_what_was_opened_and_what_people_decided(scope: Scope) -> None:
    first = at(NOW - DAY)
    at(NOW - DAY)
    at(NOW - 8 * DAY)
    with time_machine.travel(NOW, tick=False):
        assert first is not None
        services.decide(first.pk, person(Role.MODERATOR), Choice("real"))
        days = volume.by_day(scope)

    assert [(day.opened, day.decided) for day in days] == [(0, 0)] * 5 + [(2, 0), (0, 1)]
    chart = drawing.flow(scope, days)
    assert chart.strokes[0].points.endswith("83.33,160.0 100.00,84.0")
    assert [cell.text for cell in chart.table.rows[0]] == ["21 Nov 2026", "0", "1"]


def test_each_number_of_the_queue_has_its_cases(scope: Scope) -> None:
    young, old = at(NOW - timedelta(minutes=10)), at(NOW - timedelta(days=2))
    assert young is not None
    assert old is not None
    with time_machine.travel(NOW, tick=False):
        asked: dict[str, list[Case]] = {
            "age=0": [young],
            "age=3": [old],
            "age=4": [],
            "overdue=1": [old],
            f"reason={old.reason}": [young, old],
            "opened=2026-11-19": [old],
            "decided=2026-11-19": [],
            "opened=yesterday": [young, old],
        }
        for words, expected in asked.items():
            name, _, given = words.partition("=")
            assert list(volume.cases(scope, {name: given})) == expected, words


def test_standing_verdicts_are_counted_by_day_label_action_and_decider(scope: Scope) -> None:
    at(NOW - DAY, 0.1)
    at(NOW, 0.9)
    case = at(NOW, 0.6)
    at(NOW - 9 * DAY, 0.9)
    assert case is not None
    with time_machine.travel(NOW, tick=False):
        services.decide(case.pk, person(Role.MODERATOR), Choice("edited"))
        found = outcomes.of(scope)

    assert found.labels == {"real": 1, "ai_generated": 1, "edited": 1, "uncertain": 0}
    assert found.actions == {"allow": 1, "label": 2, "review": 0, "block": 0}
    assert (found.count, found.by_people, found.failed) == (3, 1, 0)
    assert list(found.days.values())[-2:] == [
        {"real": 1, "ai_generated": 0, "edited": 0, "uncertain": 0},
        {"real": 0, "ai_generated": 1, "edited": 1, "uncertain": 0},
    ]


def test_numbers_lead_to_the_explorer_of_that_day_and_verdict(lead: Person) -> None:
    client = ClientFactory.create(slug="harbour")
    with time_machine.travel(NOW, tick=False):
        judged(client, 0.9)
        scope = Scope(lead, client, 7)
        chart = drawing.verdict(scope, outcomes.of(scope), Label.AI_GENERATED, "AI-generated")

    cells = [row[1] for row in chart.table.rows]
    assert [cell.text for cell in cells] == ["1"] + ["0"] * 6
    assert cells[0].href.startswith("/explore/?")
    assert {"verdict=ai_generated", "client=harbour"} <= set(cells[0].href.partition("?")[2].split("&"))
    assert explorer.matching(cells[0].href.partition("?")[2], lead).count() == 1
    assert cells[1].href == ""


def test_every_link_into_the_explorer_is_one_that_it_reads(lead: Person) -> None:
    submission = judged(ClientFactory.create(), 0.9)
    Submission.objects.filter(pk=submission.pk).update(models_run=[ModelVersion.objects.get().pk])
    scope = Scope(lead, submission.client, 7)
    asked = {"action": "label", "decided_by": "policy", "state": "analysed", "model": ModelVersion.objects.get().pk}

    for name, value in asked.items():
        query = links.explorer(scope, **{name: value}).partition("?")[2]
        assert list(explorer.matching(query, lead)) == [submission], name


def test_scores_fall_into_ten_bins_of_two_times(scope: Scope) -> None:
    at(NOW - 20 * DAY, 0.05)
    at(NOW - 8 * DAY, 0.95)
    at(NOW - DAY, 0.95)
    at(NOW - DAY, 1.0)
    at(NOW - 40 * DAY, 0.5)

    with time_machine.travel(NOW, tick=False):
        [found] = drifting.of(scope)

    assert found.model == ModelVersion.objects.get()
    assert list(found.before) == [1, *[0] * 8, 1]
    assert list(found.now) == [*[0] * 9, 2]
    assert found.drift is not None
    assert (found.drift.before, found.drift.now, found.drift.moved) == (2, 2, False)


def test_model_that_gave_no_score_of_late_has_no_drift(scope: Scope) -> None:
    at(NOW - 8 * DAY)
    with time_machine.travel(NOW, tick=False):
        [found] = drifting.of(scope)

    assert found.drift is None


def test_reviewers_are_counted_with_their_time_from_claim_to_answer(scope: Scope) -> None:
    moderator = person(Role.MODERATOR)
    for seconds in (20, 40, 7200):
        case = Case.objects.get(submission=judged(ClientFactory.create(), 0.6))
        services.decide(case.pk, moderator, Choice("real"))
        Case.objects.filter(pk=case.pk).update(claimed_at=timezone.now() - timedelta(seconds=seconds))
    last = Case.objects.get(submission=judged(ClientFactory.create(), 0.6))
    services.undo(services.decide(last.pk, moderator, Choice("real")).pk, moderator)
    events.dispatch_due()

    [found] = people.of(scope)

    assert (found.person, found.answers, found.undone, found.standing) == (moderator, 4, 1, None)
    assert found.seconds == pytest.approx(30, abs=3)


def test_answers_stand_beside_what_they_are_compared_with(scope: Scope, settings: Any) -> None:
    settings.SECOND_REVIEW_SHARE = 1.0
    first, second = person(Role.MODERATOR), person(Role.MODERATOR)
    pair("edited", "real", first, second)
    decided("edited", second)

    [one] = people.answers(scope, first)
    assert (one.label, one.other, str(one.source), one.agrees) == ("edited", "real", "Second reviewer", False)
    latest, blind = people.answers(scope, second)
    assert (latest.other, blind.label, blind.other, str(blind.source)) == ("", "real", "edited", "First reviewer")
