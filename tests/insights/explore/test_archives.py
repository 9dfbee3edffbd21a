"""An archive: what is in it, who may fetch it, how long, and that a lost worker costs nothing but time."""

import csv
import io
from datetime import timedelta
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.storage import default_storage
from django.test import Client as Browser
from django.utils import timezone

from foundation.problems import Problem
from moderation.audit.models import Entry
from moderation.clients.models import Person, Role
from moderation.insights.explore import archives
from moderation.insights.models import Archive, ArchiveState
from moderation.intake.erasing import erase
from moderation.intake.models import StoredImage, Submission
from tests.factories import ClientFactory, person, picture, stored
from tests.insights.explore.finding import found

pytestmark = pytest.mark.django_db


def kept(shade: int, **columns: Any) -> Submission:
    return stored(found(**columns), picture(shade=shade))


def made(who: Person, query: str = "") -> Archive:
    asked = archives.ask(who, query)
    assert archives.make_waiting() is True
    return Archive.objects.get(pk=asked.pk)


def contents(archive: Archive) -> dict[str, bytes]:
    with default_storage.open(archive.path) as file, ZipFile(io.BytesIO(file.read())) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def test_folder_is_the_persons_label_or_else_the_verdict() -> None:
    client = ClientFactory.create(slug="kite")
    rows = [
        kept(1, client=client, verdict_label="real"),
        kept(2, client=client, verdict_label="ai_generated"),
        kept(3, client=client, verdict_label="uncertain"),
        kept(4, client=client, verdict_label="real", human_label="edited"),
        kept(5, client=client, verdict_label="uncertain", human_label="cannot_tell"),
        kept(6, client=client, state="failed"),
    ]
    folders = ("real", "ai", "uncertain", "edited", "uncertain", "not-judged")

    archive = made(person(Role.VIEWER))

    names = [f"{folder}/kite__{row.pk}.png" for folder, row in zip(folders, rows, strict=True)]
    files = contents(archive)
    assert list(files) == [*names, "manifest.csv"]
    assert files[names[3]] == picture(shade=4)
    told = list(csv.DictReader(io.StringIO(files["manifest.csv"].decode())))
    assert [(row["file"], row["id"]) for row in told] == [(name, row.pk) for name, row in zip(names, rows, strict=True)]
    assert (archive.state, archive.pictures, archive.done, archive.kept) == (ArchiveState.READY, 6, 6, 6)
    assert archive.bytes == default_storage.size(archive.path)
    assert archive.clients == [client.pk]


def test_sealed_discarded_unfetched_and_unseen_pictures_are_left_out() -> None:
    wanted, sealed, discarded, unfetched, unseen = (kept(shade) for shade in range(5))
    StoredImage.objects.filter(pk=sealed.image_id).update(sealed_at=timezone.now(), sealed_by="person:1")
    StoredImage.objects.filter(pk=discarded.image_id).update(discarded_at=timezone.now())
    Submission.objects.filter(pk=unfetched.pk).update(image=None)
    narrow = person(Role.MODERATOR, sees_every_client=False)
    narrow.visible_clients.set([one.client for one in (wanted, sealed, discarded, unfetched)])

    archive = made(narrow)

    assert [name for name in contents(archive) if wanted.pk in name] == [
        f"not-judged/{wanted.client.slug}__{wanted.pk}.png"
    ]
    assert archive.kept == 1
    assert not any(one.pk in str(contents(archive)) for one in (sealed, discarded, unfetched, unseen))


def test_file_that_is_gone_is_passed_over() -> None:
    kept(1)
    found()

    assert (archive := made(person(Role.VIEWER))).kept == 1
    assert archive.done == 2


def test_nothing_or_too_much_is_refused_and_nothing_is_queued(monkeypatch: pytest.MonkeyPatch) -> None:
    who = person(Role.VIEWER)
    with pytest.raises(Problem, match="no picture"):
        archives.ask(who, "verdict=edited")
    monkeypatch.setattr(archives, "MOST_PICTURES", 1)
    for shade in range(2):
        kept(shade)
    with pytest.raises(Problem, match="1 pictures at most"):
        archives.ask(who, "")

    assert not Archive.objects.exists()
    assert not Entry.objects.filter(action="archive.asked").exists()


def test_three_at_once_are_enough_for_a_person() -> None:
    kept(1)
    who = person(Role.VIEWER)
    for _ in range(3):
        archives.ask(who, "")

    with pytest.raises(Problem) as refused:
        archives.ask(who, "")
    assert refused.value.code == "conflict"
    assert archives.ask(person(Role.VIEWER), "").state == ArchiveState.QUEUED


def test_archive_of_a_lost_worker_is_made_by_another_once_its_lease_is_over() -> None:
    kept(1)
    archives.ask(person(Role.VIEWER), "")
    lost = archives.claim()
    assert lost is not None
    assert archives.make_waiting() is False
    Archive.objects.update(leased_until=timezone.now() - timedelta(seconds=1))

    assert archives.make_waiting() is True

    assert archives._end(lost, ArchiveState.FAILED) is False
    assert Archive.objects.get().state == ArchiveState.READY


def test_archive_that_stops_its_worker_three_times_has_failed() -> None:
    kept(1)
    archives.ask(person(Role.VIEWER), "")
    for _ in range(3):
        assert archives.claim() is not None
        Archive.objects.update(leased_until=timezone.now() - timedelta(seconds=1))

    assert archives.claim() is None
    assert Archive.objects.get().state == ArchiveState.FAILED


def test_archive_over_the_limit_in_bytes_says_so_and_leaves_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    kept(1)
    monkeypatch.setattr(archives, "MOST_BYTES", 10)

    archive = made(person(Role.VIEWER))

    assert (archive.state, archive.path) == (ArchiveState.FAILED, "")
    assert archive.failure == "It would be larger than 4 GB. Narrow the filter."


def test_time_over_removes_row_and_file() -> None:
    kept(1)
    archive = made(person(Role.VIEWER))
    archives.sweep()
    assert default_storage.exists(archive.path)
    Archive.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    archives.sweep()

    assert not Archive.objects.exists()
    assert not default_storage.exists(archive.path)


def test_asked_for_shown_and_fetched_on_the_page(client: Browser) -> None:
    one = kept(1)
    who = person(Role.MODERATOR)
    client.force_login(who)

    assert client.post("/explore/archives", {"id": one.pk}).headers["Location"] == "/explore/archives"
    assert 'hx-trigger="every 2s"' in client.get("/explore/archives").content.decode()
    archives.make_waiting()
    page = client.get("/explore/archives", headers={"HX-Request": "true"}).content.decode()
    archive = Archive.objects.get()
    answer: Any = client.get(f"/explore/archives/{archive.pk}.zip")

    assert "hx-trigger" not in page
    assert "<html" not in page
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{archive.pk}.zip"'
    assert b"".join(answer.streaming_content)[:2] == b"PK"
    actions = [entry.action for entry in Entry.objects.filter(object_id=archive.pk, actor=who.actor()).order_by("id")]
    assert actions == ["archive.asked", "archive.fetched"]


def test_archive_of_somebody_else_is_not_there(client: Browser) -> None:
    kept(1)
    archive = made(person(Role.LEAD))
    client.force_login(person(Role.ADMINISTRATOR))

    assert client.get(f"/explore/archives/{archive.pk}.zip").status_code == 404
    assert client.post(f"/explore/archives/{archive.pk}/remove").status_code == 404
    assert Archive.objects.filter(pk=archive.pk).exists()


def refused(client: Browser, archive: Archive) -> bool:
    client.force_login(archive.person)
    return client.get(f"/explore/archives/{archive.pk}.zip").status_code == 410


def test_archive_closes_when_one_of_its_clients_seals_or_erases_something(client: Browser) -> None:
    one, other = kept(1), kept(2)
    sealing, erasing = made(person(Role.VIEWER), f"id={one.pk}"), made(person(Role.VIEWER), f"id={other.pk}")
    assert not refused(client, sealing)

    StoredImage.objects.filter(pk=one.image_id).update(sealed_at=timezone.now(), sealed_by="person:1")
    erase(other, actor="test")

    assert refused(client, sealing)
    assert refused(client, erasing)


def test_archive_closes_to_who_no_longer_sees_its_clients_or_when_its_time_is_over(client: Browser) -> None:
    kept(1)
    narrowed, late = made(person(Role.VIEWER)), made(person(Role.VIEWER))
    Person.objects.filter(pk=narrowed.person_id).update(sees_every_client=False)
    Archive.objects.filter(pk=late.pk).update(expires_at=timezone.now())

    assert refused(client, narrowed)
    assert refused(client, late)


def test_removing_takes_the_file_along(client: Browser) -> None:
    kept(1)
    archive = made(person(Role.VIEWER))
    client.force_login(archive.person)

    assert client.post(f"/explore/archives/{archive.pk}/remove").status_code == 302

    assert not Archive.objects.exists()
    assert not default_storage.exists(archive.path)
