"""Where bytes lie: one file per client and content, written before the row that names it."""

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from detector.images import ImageFacts
from moderation.clients.models import Client
from moderation.intake.models import StoredImage


def path_of(client: Client, sha256: str) -> str:
    return f"originals/{client.pk}/{sha256[:2]}/{sha256}"


def keep(client: Client, data: bytes, facts: ImageFacts) -> StoredImage:
    """Store ``data`` unless this client sent it before, and return its row.

    The file is written first, and whole or not at all: a crash leaves a file without a row at worst, never a row
    without its bytes.
    """
    path = path_of(client, facts.sha256)
    if not default_storage.exists(path):
        default_storage.save(path, ContentFile(data))
    image, _ = StoredImage.objects.get_or_create(
        client=client,
        sha256=facts.sha256,
        defaults={
            "media_type": facts.media_type,
            "bytes": facts.bytes,
            "width": facts.width,
            "height": facts.height,
            "path": path,
        },
    )
    return image


def read(image: StoredImage) -> bytes:
    """Return the image's bytes.

    Raises:
        FileNotFoundError: the file is gone from the storage.
    """
    with default_storage.open(image.path) as file:
        content: bytes = file.read()
    return content
