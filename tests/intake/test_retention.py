"""Retention: a file goes when its client's time is over, the verdict stays, and what is needed is spared."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client as Browser
from django.utils import timezone

from moderation.audit.models import Entry
from moderation.clients.models import Client
from moderation.clients.services import anonymous_client
from moderation.intake import files, retention
from moderation.intake.models import SealReason, Source, State, StoredImage, Submission
from moderation.intake.seals import _seal
from moderation.intake.services import Particulars, submit
from moderation.review import services as review
from moderation.review.models import CaseReason
from moderation.verdicts import document
from moderation.verdicts import services as verdicts
from tests.factories import ClientFactory, key, picture, said

pytestmark = pytest.mark.django_db
RAN = {"general": "mdl_1", "face": "mdl_2", "edited": "mdl_3"}


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def harbour() -> Client:
    made: Client = ClientFactory.create(retention_days=7)
    return made


def judged(client: Client, days: float = 8, shade: int = 0) -> Submission:
    """Return a submission of so many days ago that was judged."""
    made = submit(client, picture(shade=shade), Particulars(source=Source.API))
    verdicts.record_analysis(made, [said(0.9)], RAN)
    then = timezone.now() - timedelta(days=days)
    Submission.objects.filter(pk=made.pk).update(created_at=then)
    StoredImage.objects.filter(pk=made.image_id).update(created_at=then)
    return Submission.objects.select_related("image", "client").get(pk=made.pk)


def kept(submission: Submission) -> bool:
    image = StoredImage.objects.get(pk=submission.image_id)
    there = default_storage.exists(image.path)
    assert there is (image.discarded_at is None)
    return there


def test_file_goes_when_the_time_is_over_and_the_verdict_stays(harbour: Client) -> None:
    old, young = judged(harbour), judged(harbour, days=6.9, shade=1)
    before = document.frozen(old)

    assert retention.sweep() == 1

    assert (kept(old), kept(young)) == (False, True)
    assert document.frozen(Submission.objects.get(pk=old.pk)) == before
    entry = Entry.objects.get(action="images.discarded")
    assert (entry.actor, entry.object_id, entry.data["count"]) == ("system", harbour.pk, 1)


def test_second_sweep_finds_nothing_and_writes_nothing(harbour: Client) -> None:
    judged(harbour)
    retention.sweep()

    assert retention.sweep() == 0
    assert Entry.objects.filter(action="images.discarded").count() == 1


def test_client_without_a_time_keeps_its_pictures() -> None:
    old = judged(ClientFactory.create(), days=4000)

    assert retention.sweep() == 0
    assert kept(old)


@pytest.mark.parametrize(("days", "stays"), [(0, True), (1, False), (3, True)])
def test_checks_without_an_account_go_by_the_setting(settings: Any, days: int, stays: bool) -> None:
    settings.ANONYMOUS_RETENTION_DAYS = days
    old = judged(anonymous_client(), days=2)

    retention.sweep()

    assert kept(old) is stays


def test_record_of_the_built_in_client_goes_before_the_setting(settings: Any) -> None:
    settings.ANONYMOUS_RETENTION_DAYS = 1
    Client.objects.filter(pk=anonymous_client().pk).update(retention_days=30)
    old = judged(anonymous_client(), days=2)

    retention.sweep()

    assert kept(old)


def test_file_stays_while_a_younger_submission_has_the_same_bytes(harbour: Client) -> None:
    old, again = judged(harbour), judged(harbour, days=1)
    assert old.image_id == again.image_id
    StoredImage.objects.update(created_at=old.created_at)

    assert retention.sweep() == 0
    assert kept(old)


@pytest.mark.parametrize("state", [State.QUEUED, State.ANALYSING])
def test_file_stays_until_it_was_judged(harbour: Client, state: State) -> None:
    old = judged(harbour)
    Submission.objects.update(state=state)

    retention.sweep()

    assert kept(old)


def test_file_stays_while_people_are_to_look_at_it(harbour: Client) -> None:
    old = judged(harbour)
    case = review.open_case(old.pk, CaseReason.POLICY)
    assert case

    assert retention.sweep() == 0
    type(case).objects.update(state="decided")
    assert retention.sweep() == 1
    assert not kept(old)


def test_sealed_file_stays(harbour: Client) -> None:
    old = judged(harbour)
    _seal(old.picture, "person:1", SealReason.VIOLENCE)

    assert retention.sweep() == 0
    assert kept(old)


def test_same_bytes_sent_again_are_stored_anew_and_have_their_time_again(harbour: Client) -> None:
    old = judged(harbour)
    retention.sweep()

    again = submit(harbour, picture(), Particulars(source=Source.API))

    assert again.image_id == old.image_id
    assert kept(again)
    assert files.read(StoredImage.objects.get()) == picture()
    assert retention.sweep() == 0


def test_storage_that_fails_keeps_the_row_and_the_others_go(harbour: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, fine = judged(harbour), judged(harbour, shade=1)
    path = broken.picture.path
    real = files.delete

    def delete(one: str) -> None:
        if one == path:
            raise OSError("the bucket does not answer")
        real(one)

    monkeypatch.setattr(files, "delete", delete)

    assert retention.sweep() == 1
    assert (kept(broken), kept(fine)) == (True, False)


def test_pictures_of_a_discarded_file_are_gone_by_every_address(harbour: Client) -> None:
    old = judged(harbour)
    _, secret = key(harbour)
    retention.sweep()

    for name in ("original", "preview.jpg", "thumbnail.jpg", "spectrum.png"):
        answer = Browser().get(f"/api/v1/submissions/{old.pk}/{name}", headers={"authorization": f"Bearer {secret}"})
        assert (answer.status_code, answer.json()["code"]) == (410, "gone"), name
