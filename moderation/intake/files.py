"""Where bytes lie: one file per client and content, written before the row that names it, removed after it."""

import hashlib

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone

from detector.images import ImageFacts
from moderation.clients.models import Client
from moderation.intake import seals
from moderation.intake.models import StoredImage


def path_of(client: Client, sha256: str) -> str:
    return f"originals/{client.pk}/{sha256[:2]}/{sha256}"


def keep(client: Client, data: bytes, facts: ImageFacts) -> StoredImage:
    """Store ``data`` unless this client sent it before, and return its row.

    The file is written first, and whole or not at all: a crash leaves a file without a row at worst, never a row
    without its bytes. It belongs into the transaction of what refers to the row.
    """
    path = path_of(client, facts.sha256)
    _lock(path, "pg_advisory_xact_lock_shared")
    if not default_storage.exists(path):
        default_storage.save(path, ContentFile(data))
    row = StoredImage(client=client, sha256=facts.sha256, media_type=facts.media_type, path=path)
    row.bytes, row.width, row.height = facts.bytes, facts.width, facts.height
    StoredImage.objects.bulk_create([row], ignore_conflicts=True)
    image: StoredImage = StoredImage.objects.get(client=client, sha256=facts.sha256)
    if image.discarded_at:
        image.discarded_at, image.created_at = None, timezone.now()
        image.save(update_fields=["discarded_at", "created_at"])
    seals.seal_if_listed(image, data)
    return image


def read(image: StoredImage) -> bytes:
    """Return the image's bytes.

    Raises:
        FileNotFoundError: the file is gone from the storage.
    """
    with default_storage.open(image.path) as file:
        content: bytes = file.read()
    return content


def drop(image: StoredImage) -> list[str]:
    """Delete the row of an image that nothing refers to any more; return the paths of the files that then may go.

    Whoever stores the same bytes at this moment was first, and the image stays, or comes after and stores it anew.
    """
    _lock(image.path, "pg_advisory_xact_lock")
    if image.submissions.exists():
        return []
    seals.remember(image)
    image.delete()
    return [image.path]


@transaction.atomic
def remove(path: str) -> None:
    """Remove a file, unless the same bytes were stored again meanwhile."""
    _lock(path, "pg_advisory_xact_lock")
    if not StoredImage.objects.filter(path=path).exists():
        default_storage.delete(path)


def lock_alone(path: str) -> None:
    """Keep everybody from storing or removing the file until the caller's transaction ends."""
    _lock(path, "pg_advisory_xact_lock")


def delete(path: str) -> None:
    """Delete the file; one that is gone already is no fault. The caller holds it by :func:`lock_alone`."""
    default_storage.delete(path)


def _lock(path: str, how: str) -> None:
    """Hold an advisory lock of the path until the transaction ends: those who store share it, who removes is alone."""
    number = int.from_bytes(hashlib.sha256(path.encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {how}(%s)", [number])
