"""The metadata of one file, read once however many signals ask: EXIF tags, XMP properties, IIM datasets and texts."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from detector.provenance import iim, tags, xmp
from detector.provenance.block import Blocks
from detector.provenance.blocks import blocks_of


class Source:
    """A file's bytes and what stands beside its pixels; of a block that cannot be read, the kind is in `damaged`."""

    def __init__(self, data: bytes, media_type: str) -> None:
        self.data = data
        self.media_type = media_type
        self.damaged: set[str] = set()

    @cached_property
    def blocks(self) -> Blocks:
        """The blocks as they stand in the file; none of a file whose structure is broken before them."""
        return blocks_of(self.data, self.media_type)

    @cached_property
    def exif(self) -> Mapping[int, Any]:
        """EXIF tags of the first image and of the exposure, by number."""
        return self._held("exif", tags.read, self.blocks.exif)

    @cached_property
    def xmp(self) -> Mapping[str, str]:
        """The XMP properties that are asked for, by the names of `detector.provenance.xmp`."""
        return self._held("iptc", xmp.read, self.blocks.xmp)

    @cached_property
    def iim(self) -> Mapping[int, str]:
        """IPTC-IIM datasets of record 2, by number."""
        return self._held("iptc", iim.read, self.blocks.iim)

    def _held(self, kind: str, parse: Callable[[bytes], dict[Any, Any]], block: bytes) -> dict[Any, Any]:
        try:
            return parse(block) if block else {}
        except Exception:
            self.damaged.add(kind)
            return {}
