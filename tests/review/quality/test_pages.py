"""The pages of quality control: who opens and who changes, and that a refusal changes nothing."""

from typing import Any

import pytest
from django.test import Client as Browser

from moderation.clients.models import Person, Role
from moderation.review.models import GoldAnswer, SecondReview, Trainee
from tests.factories import person
from tests.review.api_for_tests import standing
from tests.review.quality.reviews_for_tests import pair, pictured

pytestmark = pytest.mark.django_db
PAGE = "/review/quality/"
HOSTILE = ["\x00", "' OR 1=1 --", "../..", "é" * 300]


@pytest.fixture(autouse=True)
def _every_decision_is_drawn(settings: Any) -> None:
    settings.SECOND_REVIEW_SHARE = 1.0


@pytest.fixture
def disputed() -> SecondReview:
    return pair("edited", "real").case.second_review


def signed_in(who: Person) -> Browser:
    browser = Browser(raise_request_exception=False)
    browser.force_login(who)
    return browser


def test_leads_work_and_auditors_read(disputed: SecondReview) -> None:
    paths = [PAGE, f"{PAGE}disagreements/{disputed.pk}"]
    for role in Role:
        expected = 200 if role in {Role.LEAD, Role.ADMINISTRATOR, Role.AUDITOR} else 403
        assert [signed_in(person(role)).get(path).status_code for path in paths] == [expected] * 2, role
    assert Browser().get(PAGE)["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MODERATOR, Role.AUDITOR])
def test_others_change_nothing(disputed: SecondReview, role: Role) -> None:
    browser, trainee = signed_in(person(role)), person(Role.MODERATOR, username="anna")
    Trainee.objects.create(person=trainee, set_by=person(Role.LEAD))
    posts = {
        "known": {"submission": disputed.case.submission_id, "label": "real"},
        "trainees": {"username": "anna"},
        f"trainees/{trainee.pk}/release": {},
        "known/gld_1/retire": {},
        f"disagreements/{disputed.pk}": {"label": "real"},
    }
    for path, fields in posts.items():
        assert browser.post(f"{PAGE}{path}", fields).status_code == 403, path
    disputed.refresh_from_db()
    assert (disputed.settled_at, GoldAnswer.objects.count(), Trainee.objects.count()) == (None, 0, 1)


def test_lead_settles_on_the_page(disputed: SecondReview) -> None:
    browser = signed_in(person(Role.LEAD))
    assert f"disagreements/{disputed.pk}" in browser.get(PAGE).content.decode()

    answer = browser.post(f"{PAGE}disagreements/{disputed.pk}", {"label": "real", "note": "The seam is a shadow."})

    assert answer["Location"] == PAGE
    assert standing(disputed.case.submission).label == "real"
    page = browser.get(f"{PAGE}disagreements/{disputed.pk}").content.decode()
    assert "This is settled." in page
    assert "The seam is a shadow." in page
    assert browser.post(f"{PAGE}disagreements/{disputed.pk}", {"label": "edited"}).status_code == 409


def test_lead_puts_in_and_retires_a_known_answer() -> None:
    browser, submission = signed_in(person(Role.LEAD)), pictured()
    assert browser.post(f"{PAGE}known", {"submission": submission.pk, "label": "edited"})["Location"] == PAGE
    answer = GoldAnswer.objects.get()

    assert browser.post(f"{PAGE}known/{answer.pk}/retire")["Location"] == PAGE

    answer.refresh_from_db()
    assert answer.retired_at is not None
    assert browser.post(f"{PAGE}known/gld_none/retire").status_code == 404


def test_lead_names_and_releases_a_trainee() -> None:
    browser, anna = signed_in(person(Role.LEAD)), person(Role.MODERATOR, username="anna")
    assert browser.post(f"{PAGE}trainees", {"username": "anna"})["Location"] == PAGE
    assert Trainee.objects.get().person == anna

    assert browser.post(f"{PAGE}trainees/{anna.pk}/release")["Location"] == PAGE
    assert not Trainee.objects.exists()
    assert browser.post(f"{PAGE}trainees/{anna.pk}/release").status_code == 404


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_input_is_refused_with_words(value: str, disputed: SecondReview) -> None:
    browser = signed_in(person(Role.LEAD))
    posts = {
        "known": {"submission": value, "label": value},
        "trainees": {"username": value},
        f"disagreements/{disputed.pk}": {"label": value, "note": value},
    }
    for path, fields in posts.items():
        assert browser.post(f"{PAGE}{path}", fields).status_code in {404, 422}, path
    disputed.refresh_from_db()
    assert disputed.settled_at is None


def test_disagreement_of_an_unseen_client_is_not_found(disputed: SecondReview) -> None:
    narrow = person(Role.LEAD, sees_every_client=False)
    browser = signed_in(narrow)

    assert browser.get(f"{PAGE}disagreements/{disputed.pk}").status_code == 404
    assert browser.post(f"{PAGE}disagreements/{disputed.pk}", {"label": "real"}).status_code == 404
    assert browser.get(PAGE).context["differing_count"] == 0


def test_trainee_reads_on_the_next_page_how_the_answer_compares() -> None:
    trainee = person(Role.MODERATOR)
    Trainee.objects.create(person=trainee, set_by=person(Role.LEAD))
    other = pair("edited", "real", None, trainee).person

    assert "Somebody else decided <strong>Edited</strong>" in signed_in(other).get("/review/").content.decode()
    assert "How your last answer" not in signed_in(person(Role.MODERATOR)).get("/review/").content.decode()
