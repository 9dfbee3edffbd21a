"""The pages of the seal: who opens them, what they do, and what hostile input does not."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client as Browser
from pytest_django.asserts import assertContains, assertNotContains

from moderation.clients.models import Role
from moderation.intake import seals
from moderation.intake.models import SealedHash, SealReason, StoredImage, Submission
from moderation.review.models import CaseReason
from moderation.review.services import open_case
from tests.factories import SubmissionFactory, person

pytestmark = pytest.mark.django_db
KEEPER = Role.ADMINISTRATOR
OTHERS = [Role.VIEWER, Role.MODERATOR, Role.LEAD, Role.AUDITOR]


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def submission() -> Submission:
    return SubmissionFactory.create()


def signed_in(role: Role | None, *clients: Any) -> Browser:
    who = person(role, sees_every_client=not clients)
    who.visible_clients.set(clients)
    browser = Browser()
    browser.force_login(who)
    return browser


def is_sealed(submission: Submission) -> bool:
    return StoredImage.objects.get(pk=submission.image_id).is_sealed


def address(submission: Submission) -> str:
    return f"/seals/submissions/{submission.pk}"


def test_moderator_seals_and_goes_on(submission: Submission) -> None:
    form = {"reason": "violence", "next": "/review/cases/case_1"}
    answer = signed_in(Role.MODERATOR).post(address(submission), form)
    assert (answer.status_code, answer["Location"]) == (302, "/review/cases/case_1")
    assert is_sealed(submission)


def test_next_page_says_what_became_of_the_seal(submission: Submission) -> None:
    browser, case = signed_in(Role.MODERATOR), open_case(submission.pk, CaseReason.POLICY)
    assert case
    for next_ in ("/review/", f"/review/cases/{case.pk}"):
        assertContains(browser.post(address(submission), {"next": next_}, follow=True), "The picture was not sealed.")
    sealed = browser.post(address(submission), {"reason": "violence"}, follow=True)
    assertContains(sealed, "The picture is sealed.", count=1)


@pytest.mark.parametrize(
    "next_", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", "\\\\x"]
)
def test_seal_leads_to_no_other_site(submission: Submission, next_: str) -> None:
    answer = signed_in(Role.LEAD).post(address(submission), {"reason": "other", "next": next_})
    assert answer["Location"] == "/review/"


@pytest.mark.parametrize("reason", ["", "listed", "x" * 5000, "\x00"])
def test_without_a_reason_nothing_is_sealed(submission: Submission, reason: str) -> None:
    answer = signed_in(Role.MODERATOR).post(address(submission), {"reason": reason})
    assert (answer.status_code, is_sealed(submission)) == (302, False)


@pytest.mark.parametrize("role", [None, Role.VIEWER, Role.AUDITOR])
def test_who_does_not_review_seals_nothing(submission: Submission, role: Role | None) -> None:
    answer = signed_in(role).post(address(submission), {"reason": "other"})
    assert (answer.status_code, is_sealed(submission)) == (403, False)


def test_picture_of_an_unseen_client_is_not_found(submission: Submission) -> None:
    elsewhere = SubmissionFactory.create().client
    answer = signed_in(Role.LEAD, elsewhere).post(address(submission), {"reason": "other"})
    assert (answer.status_code, is_sealed(submission)) == (404, False)


@pytest.mark.parametrize("odd", ["absent", "%00", "x" * 3000])
def test_odd_identifier_is_not_found(odd: str) -> None:
    browser = signed_in(KEEPER)
    assert browser.post(f"/seals/submissions/{odd}", {"reason": "other"}).status_code == 404
    assert browser.post(f"/seals/images/{odd}/lift").status_code == 404
    assert browser.post(f"/seals/files/{odd}/remove").status_code == 302


def test_submission_without_a_picture_is_not_found() -> None:
    fetched = SubmissionFactory.create(image=None)
    assert signed_in(Role.LEAD).post(address(fetched), {"reason": "other"}).status_code == 404


@pytest.mark.parametrize("role", OTHERS)
def test_other_roles_open_and_change_nothing(submission: Submission, role: Role) -> None:
    seals.seal(submission.picture, person(Role.LEAD), SealReason.TERROR)
    seals.enlist(["ab" * 32], person(KEEPER))
    browser = signed_in(role)

    answers = [
        browser.get("/seals/"),
        browser.post(f"/seals/images/{submission.image_id}/lift"),
        browser.post("/seals/files", {"digests": "cd" * 32}),
        browser.post(f"/seals/files/{'ab' * 32}/remove"),
    ]

    assert [answer.status_code for answer in answers] == [403] * 4
    assert is_sealed(submission)
    assert list(SealedHash.objects.values_list("digest", flat=True)) == ["ab" * 32]


def test_nobody_is_asked_to_sign_in(submission: Submission) -> None:
    assert Browser().get("/seals/")["Location"] == "/accounts/login/?next=/seals/"
    assert Browser().post(address(submission), {"reason": "other"}).status_code == 302
    assert not is_sealed(submission)


def test_keeper_sees_what_is_sealed_and_lifts_it(submission: Submission) -> None:
    seals.seal(submission.picture, person(Role.MODERATOR), SealReason.INTIMATE)
    browser = signed_in(KEEPER)

    page = browser.get("/seals/")
    assertContains(page, submission.pk)
    assertContains(page, "Intimate, shown without consent")
    answer = browser.post(f"/seals/images/{submission.image_id}/lift", follow=True)

    assertContains(answer, "The seal is lifted.")
    assertNotContains(answer, submission.pk)
    assert not is_sealed(submission)


def test_keeper_sees_and_lifts_only_seals_of_seen_clients(settings: Any, submission: Submission) -> None:
    settings.SEAL_ROLE = Role.LEAD
    other = SubmissionFactory.create()
    for one in (submission, other):
        seals.seal(one.picture, person(Role.MODERATOR), SealReason.OTHER)
    browser = signed_in(Role.LEAD, other.client)

    page = browser.get("/seals/")
    assertContains(page, other.pk)
    assertNotContains(page, submission.pk)
    assert browser.post(f"/seals/images/{submission.image_id}/lift").status_code == 404
    assert is_sealed(submission)


def test_keeper_keeps_the_list_of_known_files() -> None:
    browser = signed_in(KEEPER)

    added = browser.post("/seals/files", {"digests": f"{'AB' * 32}\r\n\r\n{'cd' * 16}\n", "note": "<b>"}, follow=True)
    assertContains(added, "2 files were added.")
    assertContains(added, "&lt;b&gt;")
    assertContains(browser.post("/seals/files", {"digests": "zz"}, follow=True), "Line 1 is no MD5")
    assertContains(browser.post(f"/seals/files/{'ab' * 32}/remove", follow=True), "The file is off the list.")

    assert list(SealedHash.objects.values_list("digest", flat=True)) == ["cd" * 16]


@pytest.mark.parametrize("query", ["?limit=0", "?before=a&after=b", "?limit=x"])
def test_odd_page_is_not_found(query: str) -> None:
    assert signed_in(KEEPER).get(f"/seals/{query}").status_code == 404
