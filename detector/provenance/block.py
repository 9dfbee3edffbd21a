"""The blocks of one file."""

from dataclasses import dataclass, field

LARGEST = 1_000_000
MOST_TEXTS = 64


@dataclass
class Blocks:
    """`exif`: a TIFF structure; `xmp`: a packet; `iim`: datasets; `texts`: (key, text) pairs in the file's order.

    `broken`: keys of texts that could not be read.
    """

    exif: bytes = b""
    xmp: bytes = b""
    iim: bytes = b""
    texts: list[tuple[str, str]] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


def capped(data: bytes, start: int, length: int) -> bytes:
    """`length` bytes from `start`, at most LARGEST."""
    return data[start : start + min(length, LARGEST)]
