"""Know pictures again: what the client's bank holds, and what people decided."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import structlog
from django.db import transaction

from foundation.broker import nudge
from foundation.problems import Problem
from moderation.audit import services as audit
from moderation.clients.models import Client
from moderation.intake.fingerprints import crops_of
from moderation.intake.models import StoredImage, Submission
from moderation.matching import shelf
from moderation.matching.models import (
    ImageHashes,
    KnownHash,
    KnownImage,
    KnownLabel,
    KnownSource,
    Match,
    MatchKind,
)

log = structlog.get_logger(__name__)
SHOWN = 10
CONSIDERED = 100
HASH_BYTES = 32


@dataclass(frozen=True)
class Entry:
    """What goes into a client's bank: hashes of 32 bytes, the whole picture's first."""

    label: str
    sha256: str = ""
    hashes: Sequence[bytes] = field(default_factory=tuple)
    crops: Sequence[bytes] = field(default_factory=tuple)
    note: str = ""


@transaction.atomic
def add(client: Client, entry: Entry, *, actor: str) -> KnownImage:
    """Put a picture into the client's bank.

    Raises:
        Problem: ``conflict``, the bank has the same hashes already.
    """
    shelf.lock(client.pk)
    phash = entry.hashes[0].hex() if entry.hashes else ""
    same = KnownImage.objects.filter(client=client, source=KnownSource.BANK, sha256=entry.sha256, phash=phash)
    if (known := same.first()) is not None:
        raise Problem("conflict", f"The bank has this picture as {known.pk}; delete that to give it another label.")
    made = KnownImage(
        client=client,
        sha256=entry.sha256,
        phash=phash,
        label=entry.label,
        note=entry.note,
        source=KnownSource.BANK,
    )
    made.save(force_insert=True)
    _file(made, [*entry.hashes, *entry.crops])
    audit.record(actor, "known_image.added", made.pk, {"label": made.label}, client=client.pk)
    return made


@transaction.atomic
def remove(known: KnownImage, *, actor: str) -> None:
    """Forget a known picture; what was matched with it keeps its matches."""
    audit.record(actor, "known_image.removed", known.pk, {"label": known.label}, client=known.client_id)
    known.delete()


@transaction.atomic
def teach(submission: Submission, label: str) -> KnownImage | None:
    """Know the submission's picture by what a person decided, in place of what was known by it before.

    Nothing is known of a submission without a picture, or by a label that says nothing (``cannot_tell``).
    """
    shelf.lock(submission.client_id)
    forget(submission)
    image = submission.image
    if image is None or label not in KnownLabel.values:
        return None
    hashes = hashes_of(image)
    made = KnownImage(
        client_id=submission.client_id,
        sha256=image.sha256,
        phash=hashes[0].hex() if hashes else "",
        label=label,
        source=KnownSource.DECISION,
        submission=submission,
        crops_due=bool(hashes),
    )
    made.save(force_insert=True)
    _file(made, hashes)
    transaction.on_commit(lambda: nudge("matching.crop", queue_name="default"))
    return made


def forget(submission: Submission) -> None:
    """Take back what a person's decision on this submission taught."""
    KnownImage.objects.filter(submission=submission).delete()


def _file(known: KnownImage, hashes: Iterable[bytes]) -> None:
    distinct = dict.fromkeys(hashes)
    KnownHash.objects.bulk_create([KnownHash(known=known, client_id=known.client_id, bits=bits) for bits in distinct])


def keep_hashes(image: StoredImage, hashes: Sequence[bytes]) -> None:
    """Keep the perceptual hashes of an image that was looked at."""
    ImageHashes.objects.update_or_create(image=image, defaults={"hashes": b"".join(hashes)})


def hashes_of(image: StoredImage) -> list[bytes]:
    """Return what :func:`keep_hashes` kept; nothing where the image was not looked at, or is flat."""
    kept = ImageHashes.objects.filter(image=image).values_list("hashes", flat=True).first()
    joined = bytes(kept or b"")
    return [joined[at : at + HASH_BYTES] for at in range(0, len(joined), HASH_BYTES)]


def match(submission: Submission, hashes: Sequence[bytes] | None) -> list[Match]:
    """Find, write and return what the submission's picture is known as: exact matches first, then the nearest.

    ``hashes``: its perceptual ones, None for those that were kept when the image was looked at before.
    """
    image = submission.picture
    if hashes is None:
        hashes = hashes_of(image)
    else:
        keep_hashes(image, hashes)
    others = KnownImage.objects.filter(client=submission.client_id, submission__image__sealed_at=None)
    others = others.exclude(submission=submission)
    same = {known.pk: (known, 0) for known in others.filter(sha256=image.sha256).order_by("-pk")[:SHOWN]}
    near = {pk: found for pk, found in _near(submission.client, hashes).items() if pk not in same}
    known = {one.pk: one for one in others.filter(pk__in=near)}
    alike = sorted(((known[pk], near[pk]) for pk in known), key=lambda found: (found[1], found[0].pk))
    rows = [_match(submission, MatchKind.EXACT, *found) for found in same.values()]
    rows += [_match(submission, MatchKind.NEAR, *found) for found in alike]
    return Match.objects.bulk_create(rows[:SHOWN])


def _near(client: Client, hashes: Sequence[bytes]) -> dict[str, int]:
    """Return the least distance to each known picture that is near; those of removed ones are gone from the rows."""
    least: dict[int, int] = {}
    for near in shelf.shelf.search(client, list(hashes))[:CONSIDERED]:
        least.setdefault(near.number, near.distance)
    owners = KnownHash.objects.filter(pk__in=least, client=client).values_list("pk", "known_id") if least else []
    found: dict[str, int] = {}
    for number, known in owners:
        found[known] = min(least[number], found.get(known, least[number]))
    return found


def _match(submission: Submission, kind: MatchKind, known: KnownImage, distance: int) -> Match:
    return Match(
        submission=submission,
        kind=kind,
        label=known.label,
        distance=distance,
        known=known,
        other_id=known.submission_id,
    )


def crop_waiting(limit: int = 20) -> int:
    """Hash the crops of pictures that people decided about, which is too slow for the decision's own request.

    Two workers that crop the same picture file its hashes once.
    """
    waiting = KnownImage.objects.filter(crops_due=True).select_related("submission__image").order_by("pk")
    return sum(_crop(known) for known in waiting[:limit])


def _crop(known: KnownImage) -> bool:
    image = known.submission.image if known.submission else None
    crops = crops_of(image) if image else []
    with transaction.atomic():
        shelf.lock(known.client_id)
        if not KnownImage.objects.filter(pk=known.pk, crops_due=True).update(crops_due=False):
            return False
        _file(known, crops)
    log.info("known_image_cropped", known_image=known.pk, hashes=len(crops))
    return True
