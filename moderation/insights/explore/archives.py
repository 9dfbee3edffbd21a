"""Pictures as one file, a folder for each class, made by a worker: claimed under a lease, kept for a day.

The folders bear the names that ``python -m detector evaluate`` reads. An archive is not handed out any more once one
of its clients sealed or erased anything after it was begun: what is in it may be what was to go.
"""

import csv
import io
import tempfile
import uuid
from collections.abc import Iterator
from datetime import timedelta
from zipfile import ZIP_STORED, ZipFile

import structlog
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from foundation.broker import nudge
from foundation.problems import Problem
from moderation.audit import services as audit
from moderation.clients.models import Client, Person
from moderation.clients.sight import only_visible
from moderation.insights.explore import exports, paging
from moderation.insights.explore.paging import Rows
from moderation.insights.models import Archive, ArchiveState
from moderation.intake import files
from moderation.intake.models import Erasure, StoredImage, Submission
from moderation.verdicts import explorer

log = structlog.get_logger(__name__)
MOST_PICTURES = 5000
MOST_BYTES = 4_000_000_000
MOST_OPEN = 3
LEASE = timedelta(seconds=120)
LIFETIME = timedelta(hours=24)
TRIES = 3
STEP = 25
OPEN = (ArchiveState.QUEUED, ArchiveState.RUNNING)
FOLDERS = {"real": "real", "ai_generated": "ai", "edited": "edited", "": "not-judged"}
REST = "uncertain"
ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/gif": "gif", "image/bmp": "bmp"}
ENDINGS |= {"image/tiff": "tiff", "image/heic": "heic", "image/heif": "heif", "image/avif": "avif"}
MANIFEST = "manifest.csv"


WHY = {
    "gone": _("This archive is not ready, or no longer kept."),
    "unseen": _("You no longer see every client whose pictures are in it."),
    "changed": _("Something of these clients was sealed or erased since it was made. Make it anew."),
}


class Stopped(Exception):
    """The archive cannot be made; the text is for whoever asked for it."""


def ask(person: Person, query: str) -> Archive:
    """Queue an archive of what a filter finds for the person.

    Raises:
        Problem: ``invalid`` for a filter that cannot be, nothing found, or too much; ``conflict`` when several of the
            person's wait already.
    """
    asked = explorer.read(QueryDict(query))
    number, more = explorer.counted(pictures(query, person), MOST_PICTURES)
    if more:
        raise Problem("invalid", f"An archive holds {MOST_PICTURES:,} pictures at most. Narrow the filter.")
    if not number:
        raise Problem("invalid", gettext_noop("There is no picture to put into it."))
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        if Archive.objects.filter(person=person, state__in=OPEN).count() >= MOST_OPEN:
            raise Problem("conflict", f"{MOST_OPEN} of your archives are being made. Wait for one of them.")
        made = Archive.objects.create(person=person, query=query, pictures=number)
        audit.record(person.actor(), "archive.asked", made.pk, {"pictures": number, **exports.told(asked)})
        transaction.on_commit(nudge_archives)
    return made


def pictures(query: str, person: Person) -> Rows:
    """Return the submissions behind an archive: those whose picture is kept and not sealed."""
    asked = explorer.read(QueryDict(query))
    return exports.unsealed(asked, person).filter(image__isnull=False, image__discarded_at=None)


def nudge_archives() -> None:
    nudge("insights.archive", queue_name="default")


def waiting() -> QuerySet[Archive]:
    """Return the archives that are not done and that nobody holds."""
    free = Q(token=None) | Q(leased_until__lt=timezone.now())
    return Archive.objects.filter(free, state__in=OPEN).order_by("id")


def make_waiting() -> bool:
    """Make the archive that has waited longest; return whether there was one."""
    one = claim()
    if one is None:
        return False
    try:
        _make(one)
    except Stopped as reason:
        _end(one, ArchiveState.FAILED, failure=str(reason))
    except Problem as problem:
        _end(one, ArchiveState.FAILED, failure=problem.detail)
    return True


@transaction.atomic
def claim() -> Archive | None:
    """Claim an archive; one that stopped its worker three times has failed."""
    one = waiting().select_for_update(skip_locked=True, of=("self",)).select_related("person").first()
    if one is None:
        return None
    if one.attempts >= TRIES:
        _end(one, ArchiveState.FAILED, failure="It could not be made.")
        return None
    now = timezone.now()
    one.token, one.leased_until, one.attempts, one.began_at = uuid.uuid4(), now + LEASE, one.attempts + 1, now
    one.state, one.done, one.kept = ArchiveState.RUNNING, 0, 0
    one.save(update_fields=["token", "leased_until", "attempts", "began_at", "state", "done", "kept"])
    return one


def _make(one: Archive) -> None:
    with tempfile.TemporaryFile() as file:
        clients = _fill(one, file)
        size = file.tell()
        file.seek(0)
        path = default_storage.save(f"archives/{one.pk}.zip", File(file))
    ready = _end(one, ArchiveState.READY, path=path, bytes=size, clients=sorted(clients), kept=one.kept, done=one.done)
    if not ready:
        default_storage.delete(path)


def _fill(one: Archive, file: "tempfile._TemporaryFileWrapper[bytes] | io.BufferedRandom") -> set[str]:
    """Write the pictures and what is known of them; return whose they are."""
    told, clients = io.StringIO(), set()
    manifest = csv.writer(told)
    manifest.writerow(("file", *exports.HEADER))
    with ZipFile(file, "w", ZIP_STORED) as archive:
        for name, data, row in _contents(one):
            archive.writestr(name, data)
            manifest.writerow([name, *map(exports.cell, exports.cells(row))])
            clients.add(row.client_id)
            if file.tell() > MOST_BYTES:
                raise Stopped("It would be larger than 4 GB. Narrow the filter.")
        archive.writestr(MANIFEST, told.getvalue())
    return clients


def _contents(one: Archive) -> Iterator[tuple[str, bytes, Submission]]:
    for row in paging.everything(pictures(one.query, one.person), paging.SORTS["oldest"]):
        if one.done >= MOST_PICTURES:
            return
        one.done += 1
        if one.done % STEP == 0:
            _tell(one)
        try:
            data = files.read(row.picture)
        except OSError:
            continue
        one.kept += 1
        yield name_of(row), data, row


def _tell(one: Archive) -> None:
    """Renew the lease and say how far it is."""
    if not _held(one).update(done=one.done, kept=one.kept, leased_until=timezone.now() + LEASE):
        raise Stopped("Somebody else makes it.")


def name_of(row: Submission) -> str:
    """Return where a picture lies: by what a person said it is, or else by the verdict that stands."""
    label = row.human_label or row.verdict_label
    ending = ENDINGS.get(row.picture.media_type, "bin")
    return f"{FOLDERS.get(label, REST)}/{row.client.slug}__{row.pk}.{ending}"


def _held(one: Archive) -> QuerySet[Archive]:
    return Archive.objects.filter(pk=one.pk, token=one.token, state=ArchiveState.RUNNING)


def _end(one: Archive, state: ArchiveState, **found: object) -> bool:
    """Close an archive that this process holds; return whether it did."""
    ended = Archive.objects.filter(pk=one.pk, token=one.token, state__in=OPEN)
    done = ended.update(state=state, token=None, leased_until=None, expires_at=timezone.now() + LIFETIME, **found)
    log.info("archive_ended", archive=one.pk, state=state, pictures=one.kept)
    return bool(done)


def refusal(one: Archive, person: Person) -> str:
    """Return why the person may not have their archive (any more), or nothing where they may."""
    now = timezone.now()
    if one.state != ArchiveState.READY or not one.expires_at or one.expires_at <= now:
        return "gone"
    if only_visible(Client.objects.filter(pk__in=one.clients), person, "pk").count() < len(one.clients):
        return "unseen"
    since = {"client__in": one.clients}
    sealed = StoredImage.objects.filter(sealed_at__gte=one.began_at, **since)
    changed = sealed.exists() or Erasure.objects.filter(erased_at__gte=one.began_at, **since).exists()
    return "changed" if changed else ""


def remove(one: Archive) -> None:
    """Forget an archive and its file; a worker that makes it finds its claim gone."""
    Archive.objects.filter(pk=one.pk).delete()
    if one.path:
        default_storage.delete(one.path)


def sweep() -> None:
    """Wake a worker while archives wait; remove those whose time is over."""
    for one in Archive.objects.filter(expires_at__lt=timezone.now()).order_by("expires_at")[:STEP]:
        remove(one)
    if waiting().exists():
        nudge_archives()
