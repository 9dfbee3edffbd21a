"""Sealed pictures: one role sees them, lifts the seal and keeps the list of known files; nobody else comes near."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from django.test import Client as Browser

from foundation import links
from foundation.problems import Problem
from moderation.audit.models import Entry
from moderation.clients.models import Person, Role
from moderation.intake import erasing, seals
from moderation.intake.models import SealedHash, SealReason, Source, StoredImage, Submission
from moderation.intake.services import Particulars, submit
from tests.factories import ClientFactory, SubmissionFactory, key, person, picture, stored

pytestmark = pytest.mark.django_db
PICTURES = ("original", "preview.jpg", "thumbnail.jpg", "spectrum.png", "residual.png")
NOT_SEALING = [None, Role.VIEWER, Role.AUDITOR]
NOT_LIFTING = [None, Role.VIEWER, Role.MODERATOR, Role.LEAD, Role.AUDITOR]


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def submission() -> Submission:
    return stored(SubmissionFactory.create(), picture())


@pytest.fixture
def sealed(submission: Submission) -> Submission:
    assert seals.seal(submission.picture, person(Role.MODERATOR), SealReason.VIOLENCE)
    return submission


def signed_in(role: Role | None) -> Browser:
    browser = Browser()
    browser.force_login(person(role))
    return browser


def paths(submission: Submission) -> list[str]:
    return [f"/api/v1/submissions/{submission.pk}/{name}" for name in PICTURES]


def log() -> list[tuple[str, str, dict[str, Any]]]:
    rows = Entry.objects.filter(action__contains="seal").order_by("id")
    return [(row.action, row.object_id, row.data | {"client": row.client}) for row in rows]


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.LEAD, Role.ADMINISTRATOR])
def test_reviewer_seals_and_the_log_says_so(submission: Submission, role: Role) -> None:
    image, reviewer = submission.picture, person(role)

    assert seals.seal(image, reviewer, SealReason.CHILD_ABUSE)

    kept = StoredImage.objects.get(pk=image.pk)
    assert (kept.sealed_by, kept.seal_reason, kept.is_sealed) == (reviewer.actor(), "child_abuse", True)
    assert log() == [("image.sealed", image.pk, {"client": submission.client_id, "reason": "child_abuse"})]
    assert not StoredImage.objects.unsealed().filter(pk=image.pk).exists()


@pytest.mark.parametrize("role", NOT_SEALING)
def test_others_seal_nothing(submission: Submission, role: Role | None) -> None:
    with pytest.raises(Problem, match=r"^forbidden"):
        seals.seal(submission.picture, person(role), SealReason.OTHER)

    assert (StoredImage.objects.unsealed().count(), log()) == (1, [])


@pytest.mark.parametrize("reason", ["", "dull", SealReason.LISTED])
def test_seal_needs_a_reason_that_a_person_gives(submission: Submission, reason: str) -> None:
    with pytest.raises(Problem, match=r"^invalid"):
        seals.seal(submission.picture, person(Role.LEAD), reason)

    assert (StoredImage.objects.unsealed().count(), log()) == (1, [])


def test_second_seal_changes_nothing(sealed: Submission) -> None:
    stale = StoredImage.objects.get(pk=sealed.image_id)
    assert not seals.seal(stale, person(Role.LEAD), SealReason.TERROR)
    stale.refresh_from_db()
    assert (stale.seal_reason, len(log())) == ("violence", 1)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MODERATOR, Role.LEAD, Role.AUDITOR])
def test_sealed_picture_is_gone_for_every_other_role(sealed: Submission, role: Role) -> None:
    browser = signed_in(role)
    for path in paths(sealed):
        answer = browser.get(path)
        assert (answer.status_code, answer.json()["code"]) == (410, "gone"), path


def test_sealed_picture_is_gone_for_keys_and_for_links_signed_before(settings: Any, sealed: Submission) -> None:
    _, secret = key(sealed.client)
    for path in paths(sealed):
        by_key = Browser().get(path, headers={"authorization": f"Bearer {secret}"})
        by_link = Browser().get(links.sign(path, settings.LINK_LIFETIME))
        assert (by_key.status_code, by_link.status_code) == (410, 410), path


def test_role_that_sees_sealed_pictures_sees_them(sealed: Submission) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    assert [browser.get(path).status_code for path in paths(sealed)] == [200] * len(PICTURES)


def test_role_is_a_setting(settings: Any, sealed: Submission) -> None:
    settings.SEAL_ROLE = "auditor"
    preview = paths(sealed)[1]
    assert signed_in(Role.AUDITOR).get(preview).status_code == 200
    assert signed_in(Role.ADMINISTRATOR).get(preview).status_code == 410


def test_inactive_person_sees_no_sealed_picture() -> None:
    assert not seals.may_see_sealed(person(Role.ADMINISTRATOR, is_active=False))
    assert not seals.may_see_sealed(None)


def test_lists_leave_sealed_pictures_out_but_for_that_role(sealed: Submission) -> None:
    other, fetched = SubmissionFactory.create(), SubmissionFactory.create(image=None)
    rows = Submission.objects.all()
    assert set(seals.without_sealed(rows, person(Role.LEAD), "image")) == {other, fetched}
    assert set(seals.without_sealed(rows, person(Role.ADMINISTRATOR), "image")) == {sealed, other, fetched}


@pytest.mark.parametrize("role", NOT_LIFTING)
def test_others_lift_nothing(sealed: Submission, role: Role | None) -> None:
    with pytest.raises(Problem, match=r"^forbidden"):
        seals.lift(sealed.picture, person(role))

    assert (StoredImage.objects.unsealed().count(), len(log())) == (0, 1)


def test_lifted_seal_shows_the_picture_again_and_is_logged(sealed: Submission) -> None:
    assert seals.lift(sealed.picture, person(Role.ADMINISTRATOR))
    assert not seals.lift(sealed.picture, person(Role.ADMINISTRATOR))

    assert signed_in(Role.VIEWER).get(paths(sealed)[0]).status_code == 200
    about = {"client": sealed.client_id, "reason": "violence"}
    assert [row[0] for row in log()] == ["image.sealed", "image.seal_lifted"]
    assert log()[1] == ("image.seal_lifted", sealed.image_id, about)


@pytest.mark.parametrize("name", ["md5", "sha1", "sha256"])
def test_listed_file_is_sealed_as_it_comes_in(name: str) -> None:
    data = picture(shade=7)
    seals.enlist([hashlib.new(name, data).hexdigest().upper()], person(Role.ADMINISTRATOR), "a list")

    listed = submit(ClientFactory.create(), data, Particulars(source=Source.API))
    other = submit(ClientFactory.create(), picture(shade=8), Particulars(source=Source.API))

    assert (listed.picture.seal_reason, listed.picture.sealed_by) == ("listed", "system")
    assert not other.picture.is_sealed


def test_list_seals_what_is_here_already(submission: Submission) -> None:
    same = StoredImage.objects.create(
        client=ClientFactory.create(),
        sha256=submission.picture.sha256,
        media_type="image/png",
        bytes=1,
        width=1,
        height=1,
        path="x",
    )

    assert seals.enlist([submission.picture.sha256, "", submission.picture.sha256], person(Role.ADMINISTRATOR)) == 1
    assert seals.enlist([submission.picture.sha256], person(Role.ADMINISTRATOR)) == 0

    assert not StoredImage.objects.unsealed().filter(pk__in=[same.pk, submission.image_id]).exists()


def test_lifted_picture_is_not_sealed_by_the_list_again() -> None:
    data, administrator, client = picture(), person(Role.ADMINISTRATOR), ClientFactory.create()
    seals.enlist([hashlib.sha256(data).hexdigest()], administrator)
    seals.lift(submit(client, data, Particulars(source=Source.API)).picture, administrator)

    again = submit(client, data, Particulars(source=Source.API))

    assert not again.picture.is_sealed


def test_erased_sealed_picture_comes_back_sealed() -> None:
    data, client = picture(), ClientFactory.create()
    first = submit(client, data, Particulars(source=Source.API))
    seals.seal(first.picture, person(Role.MODERATOR), SealReason.INTIMATE)
    erasing.erase(first, actor="test")

    assert submit(client, data, Particulars(source=Source.API)).picture.is_sealed


def test_erased_open_picture_leaves_nothing_on_the_list() -> None:
    erasing.erase(submit(ClientFactory.create(), picture(), Particulars(source=Source.API)), actor="test")
    assert not SealedHash.objects.exists()


@pytest.mark.parametrize("line", ["g" * 64, "ab" * 17, "x", "ab" * 33, "\x00" * 32, "' or 1=1 --"])
def test_line_that_is_no_digest_adds_nothing(line: str) -> None:
    with pytest.raises(Problem, match=r"^invalid") as refused:
        seals.enlist(["ab" * 32, line], person(Role.ADMINISTRATOR))

    assert refused.value.errors[0]["detail"] == "Line 2 is no MD5, SHA-1 or SHA-256."
    assert (SealedHash.objects.count(), log()) == (0, [])


def test_digest_off_the_list_seals_nothing_more(submission: Submission) -> None:
    administrator, digest = person(Role.ADMINISTRATOR), "ab" * 32
    seals.enlist([digest], administrator)
    assert seals.delist(digest, administrator)
    assert not seals.delist(digest, administrator)
    assert not SealedHash.objects.exists()


@pytest.mark.parametrize("role", NOT_LIFTING)
def test_others_neither_add_to_the_list_nor_take_from_it(role: Role | None) -> None:
    seals.enlist(["ab" * 32], person(Role.ADMINISTRATOR))
    somebody: Person = person(role)

    with pytest.raises(Problem, match=r"^forbidden"):
        seals.enlist(["cd" * 32], somebody)
    with pytest.raises(Problem, match=r"^forbidden"):
        seals.delist("ab" * 32, somebody)

    assert list(SealedHash.objects.values_list("digest", flat=True)) == ["ab" * 32]
