"""The perceptual hashes of pictures, for those who match them."""

from dataclasses import dataclass

from detector import images, perceptual
from foundation.problems import Problem
from moderation.intake import files, limits
from moderation.intake.models import StoredImage


@dataclass(frozen=True)
class Fingerprint:
    """SHA-256 of a file in hexadecimal; the 32-byte hashes of its picture, whole first, and those of its crops."""

    sha256: str
    hashes: list[bytes]
    crops: list[bytes]


def fingerprint(data: bytes) -> Fingerprint:
    """Return the fingerprint of an image file.

    Raises:
        Problem: the bytes are refused, as a submission's are.
    """
    try:
        decoded = images.read(data, limits.current())
    except images.ImageRefused as refusal:
        raise Problem(refusal.code, refusal.detail) from refusal
    return Fingerprint(decoded.facts.sha256, perceptual.hashes(decoded.pixels), perceptual.crops(decoded.pixels))


def crops_of(image: StoredImage) -> list[bytes]:
    """Return the hashes of a stored image's crops; none where its file is gone or no longer decodes."""
    try:
        return perceptual.crops(images.read(files.read(image), limits.current()).pixels)
    except (OSError, images.ImageRefused):
        return []
