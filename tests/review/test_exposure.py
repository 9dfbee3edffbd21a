"""What a person has looked at is counted for their own eyes, and a break is suggested when they went on too long."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client as Browser

from moderation.clients.models import Person, Preferences, Role
from moderation.review import exposure
from moderation.review.models import Case, CaseReason, Stretch
from moderation.review.services import Choice, decide, open_case, undo
from moderation.verdicts import services as verdicts
from tests.factories import SubmissionFactory, person, said

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
NINE = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
HOUR = 60


def new_case() -> Case:
    submission = SubmissionFactory.create()
    verdicts.record_analysis(submission, [said(0.6)], {"general": "mdl_1"})
    case = open_case(submission.pk, CaseReason.POLICY)
    assert case
    return case


@pytest.fixture
def moderator() -> Person:
    return person(Role.MODERATOR)


def shown_at(minutes: float, somebody: Person, case: Case, *, revealed: bool = False) -> None:
    with time_machine.travel(NINE + timedelta(minutes=minutes), tick=False):
        exposure.show(somebody, case, revealed=revealed)


def workload_at(minutes: float, somebody: Person, wanted: int = HOUR) -> exposure.Workload:
    with time_machine.travel(NINE + timedelta(minutes=minutes), tick=False):
        return exposure.workload(somebody, wanted)


def test_picture_counts_once_however_often_its_page_is_loaded(moderator: Person) -> None:
    first, second = new_case(), new_case()
    for case in (first, first, second):
        shown_at(0, moderator, case)

    assert workload_at(1, moderator).shown == 2


def test_picture_is_unveiled_once_and_only_the_one_that_is_shown(moderator: Person) -> None:
    first, second = new_case(), new_case()
    shown_at(0, moderator, first)
    with time_machine.travel(NINE, tick=False):
        exposure.reveal(moderator, second)
        exposure.reveal(moderator, first)
        exposure.reveal(moderator, first)

    assert workload_at(1, moderator).revealed == 1


def test_picture_that_nothing_veils_counts_as_unveiled(moderator: Person) -> None:
    shown_at(0, moderator, new_case(), revealed=True)

    assert workload_at(1, moderator).revealed == 1


def test_break_is_due_after_the_preferred_time_without_a_pause(moderator: Person) -> None:
    case = new_case()
    for minute in range(0, 64, 4):
        shown_at(minute, moderator, case)

    assert workload_at(30, moderator).break_in == 30
    assert workload_at(60, moderator).break_in == 0
    assert workload_at(62, moderator).minutes == 62
    assert workload_at(62, moderator, wanted=90).break_in == 28
    assert workload_at(62, moderator, wanted=0).break_in is None


def test_pause_of_five_minutes_begins_a_new_stretch(moderator: Person) -> None:
    case = new_case()
    shown_at(0, moderator, case)
    shown_at(4.9, moderator, case)
    shown_at(10, moderator, case)

    assert Stretch.objects.count() == 2
    assert workload_at(10, moderator).break_in == 60


def test_later_keeps_the_suggestion_away_for_a_quarter_of_an_hour(moderator: Person) -> None:
    case = new_case()
    for minute in range(0, 64, 4):
        shown_at(minute, moderator, case)
    with time_machine.travel(NINE + timedelta(minutes=61), tick=False):
        exposure.later(moderator)

    assert workload_at(62, moderator).break_in == 14


def test_decisions_of_today_are_counted_and_those_undone_named(moderator: Person) -> None:
    with time_machine.travel(NINE, tick=False):
        kept, taken_back = new_case(), new_case()
        decide(kept.pk, moderator, Choice("real"))
        undo(decide(taken_back.pk, moderator, Choice("edited")).pk, moderator)

        today = exposure.workload(moderator, HOUR)
    with time_machine.travel(NINE + timedelta(days=1), tick=False):
        tomorrow = exposure.workload(moderator, HOUR)

    assert (today.decided, today.undone) == (2, 1)
    assert (tomorrow.decided, tomorrow.shown, tomorrow.minutes) == (0, 0, 0)


def browser_of(somebody: Person) -> Browser:
    signed_in = Browser()
    signed_in.force_login(somebody, BACKEND)
    return signed_in


def test_page_counts_what_it_shows_but_not_what_is_fetched_ahead(moderator: Person) -> None:
    browser, case = browser_of(moderator), new_case()

    browser.get(f"/review/cases/{case.pk}", headers={"x-assay-ahead": "1"})
    assert not Stretch.objects.exists()

    browser.get(f"/review/cases/{case.pk}")
    assert browser.post(f"/review/cases/{case.pk}/revealed").status_code == 204
    stretch = Stretch.objects.get()
    assert (stretch.person, stretch.shown, stretch.revealed) == (moderator, 1, 1)


def test_page_of_who_never_veils_counts_as_unveiled(moderator: Person) -> None:
    Preferences.objects.create(person=moderator, blur="off")
    browser_of(moderator).get(f"/review/cases/{new_case().pk}")

    assert Stretch.objects.get().revealed == 1


def test_page_suggests_a_break_and_leaves_it_at_that(moderator: Person) -> None:
    browser, case = browser_of(moderator), new_case()
    now = datetime.now(UTC)
    Stretch.objects.create(person=moderator, began_at=now - timedelta(minutes=61), last_at=now)

    page = browser.get(f"/review/cases/{case.pk}").content.decode()
    assert "without a pause" in page
    assert 'name="label"' in page

    assert browser.post("/review/later", {"case": case.pk})["Location"] == f"/review/cases/{case.pk}"
    assert "without a pause" not in browser.get(f"/review/cases/{case.pk}").content.decode()


@pytest.mark.parametrize("case", ["", "nobody's", "../../accounts/login/", "//evil.example", "\x00"])
def test_later_leads_nowhere_but_to_a_case_or_the_queue(moderator: Person, case: str) -> None:
    answer = browser_of(moderator).post("/review/later", {"case": case})

    assert answer.status_code in {302, 404}
    assert answer.get("Location", "/review/").startswith("/review/")


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AUDITOR])
def test_reader_is_counted_nothing(role: Role) -> None:
    browser_of(person(role)).get(f"/review/cases/{new_case().pk}")

    assert not Stretch.objects.exists()


def test_case_of_an_unseen_client_cannot_be_counted(moderator: Person) -> None:
    moderator.sees_every_client = False
    moderator.save()

    assert browser_of(moderator).post(f"/review/cases/{new_case().pk}/revealed").status_code == 404
    assert not Stretch.objects.exists()
