"""Random samples that anybody can draw again: whether something is drawn follows from its identifier alone."""

from hashlib import sha256

RANGE = 2**64


def drawn(purpose: str, identifier: str, share: float) -> bool:
    """Say whether ``identifier`` belongs to the sample of ``share`` (0..1) that is drawn for ``purpose``.

    Samples for different purposes are independent, and a smaller share is a part of a larger one.
    """
    return _place(purpose, identifier) < share


def _place(purpose: str, identifier: str) -> float:
    digest = sha256(f"{purpose}:{identifier}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / RANGE
