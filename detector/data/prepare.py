"""From a public archive to a pack: `<target>/<split>/<label>/<source>__<id>.<ext>`, a report, a list of leaks."""

import io
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from detector.data.duplicates import resolve
from detector.data.edits import PREFIX, resolve_edits
from detector.data.fingerprints import fingerprint
from detector.data.layouts import EDITED, REAL, TEST, TRAIN, Layout, layout, place
from detector.data.pack import Kept, Pack
from detector.data.sources import DataError, Entry, EntryRefused, entries
from detector.data.unfinished import unfinished
from detector.images import ImageRefused, Limits, read

REPORT, LEAKED = "report.json", "leaked.txt"
_LIMITS = Limits(min_side=8)
_MOST_ROWS = 1000
_QUALITY = 85
_SUFFIXES = {"image/jpeg": ".jpg", "image/tiff": ".tif", "image/heic": ".heic"}
Progress = Callable[[int, int | None], None]


@dataclass(frozen=True)
class Options:
    """`test_share`: what is dealt to the test where the source has no splits, 0..1. `square`: re-encode every picture
    alike, cut square in the middle and of so many pixels a side. `names`: what further folder names mean. `edits`: a
    second source, of CIFAKE's edited sets."""

    test_share: float = 0.15
    square: int | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    edits: Path | None = None


@dataclass
class _Reading:
    """What has been read so far."""

    pack: Pack
    layout: Layout
    options: Options
    seen: int = 0
    ignored: Counter[str] = field(default_factory=Counter)
    rejected: list[dict[str, str]] = field(default_factory=list)

    def take(self, entry: Entry, default_source: str) -> None:
        """Put a file into the pack, or a row among the rejected."""
        self.seen += 1
        try:
            where = place(entry.path, self.layout, self.options.names, default_source)
            if where is None:
                self.ignored[str(entry.path.parent)] += 1
                return
            data = entry.read()
            image = read(data, _LIMITS)
            suffix = _SUFFIXES.get(image.facts.media_type, "." + image.facts.media_type.partition("/")[2])
            if self.options.square is not None:
                data, suffix = _squared(image.pixels, self.options.square), ".jpg"
            looked_at = None if self.layout.near is None else image.pixels
            self.pack.add(where, suffix, data, fingerprint(data, looked_at))
        except (EntryRefused, ImageRefused) as error:
            self.reject(str(entry.path), str(error))

    def reject(self, path: str, reason: str) -> None:
        """Note a file that is left out. Raises DataError when most of a large source is."""
        self.rejected.append({"file": path, "reason": reason})
        if len(self.rejected) > max(_MOST_ROWS, len(self.pack.files)):
            raise DataError(f"Most of its files cannot be used, {path} for one: {reason}")


def prepare(
    kind: str, source: Path, target: Path, options: Options = Options(), progress: Progress | None = None
) -> dict[str, Any]:
    """Write the pack of a published data set to `target`, and return its report.

    Files are copied as they are unless `options.square` is given. A file that is unsafe, too large or no picture is a
    row of the report. Raises DataError, and leaves no target, for a source that is damaged or not laid out as `kind`.
    """
    known = layout(kind)
    with unfinished(target) as part:
        reading = _Reading(Pack(part), known, options)
        for one in (source, *([options.edits] if options.edits else [])):
            for entry in entries(one):
                reading.take(entry, source.stem)
                if progress is not None:
                    progress(reading.seen, None)
        report: dict[str, Any] = {"kind": kind, "from": source.name, "files": reading.seen} | _settle(reading)
        (part / REPORT).write_text(json.dumps(report, indent=2) + "\n")
        if report["leaked"]:
            (part / LEAKED).write_text("".join(f"{row['sha256']}  {row['file']}\n" for row in report["leaked"]))
    return report


def _settle(reading: _Reading) -> dict[str, Any]:
    pack = reading.pack
    _deal(reading)
    _require(reading)
    originals = {(kept.split, kept.stem): kept for kept in pack.where(lambda kept: kept.label == REAL)}
    found = resolve(pack, reading.layout)
    # an original that was a repeat is gone; its bytes live on in the file that it repeated
    same = {kept.print.sha256: kept for kept in pack.where(lambda kept: not kept.split.startswith(PREFIX))}
    edits = resolve_edits(pack, {key: same[kept.print.sha256] for key, kept in originals.items() if _in(same, kept)})
    _require(reading)
    return {
        "counts": pack.counts(),
        "near_bits": reading.layout.near,
        **{f"{name}_count": len(rows) for name, rows in found.items()},
        "rejected_count": len(reading.rejected),
        "ignored_count": sum(reading.ignored.values()),
        **found,
        "edits": edits,
        "rejected": reading.rejected[:_MOST_ROWS],
        "ignored": dict(reading.ignored.most_common(20)),
    }


def _in(same: Mapping[str, Kept], kept: Kept) -> bool:
    return kept.print.sha256 in same


def _deal(reading: _Reading) -> None:
    """Split what its source does not split: by the sum of the bytes, so that the same picture falls on one side."""
    pack, official = reading.pack, reading.layout.splits
    unsplit = pack.where(lambda kept: kept.split == "unsplit")
    if len(unsplit) < len(pack.files) or official:
        for kept in unsplit:
            reading.reject(kept.path, "It lies outside of train, valid and test.")
            pack.remove(kept)
        return
    for kept in unsplit:
        fraction = int(kept.print.sha256[:8], 16) / 2**32
        pack.move(kept, TEST if fraction < reading.options.test_share else TRAIN, kept.label)


def _require(reading: _Reading) -> None:
    """Raises DataError unless each split has real images and others, and none is missing."""
    pack, known = reading.pack, reading.layout
    present = {kept.split for kept in pack.files.values() if not kept.split.startswith(PREFIX)}
    for split in dict.fromkeys([*known.splits, TRAIN, *sorted(present)]):
        labels = {kept.label for kept in pack.files.values() if kept.split == split}
        missing = [name for name, ok in (("real", REAL in labels), ("AI or edited", bool(labels - {REAL}))) if not ok]
        if missing:
            among = ", ".join(list(reading.ignored)[:5])
            hint = f" Other folders in it: {among}." if among else ""
            raise DataError(f"There are no {missing[0]} images for {split}. {known.name} needs {known.expected}.{hint}")


def _squared(pixels: NDArray[np.uint8], side: int) -> bytes:
    height, width = pixels.shape[:2]
    least = min(height, width)
    left, top = (width - least) // 2, (height - least) // 2
    cut = Image.fromarray(pixels[top : top + least, left : left + least])
    buffer = io.BytesIO()
    cut.resize((side, side), Image.Resampling.LANCZOS).save(buffer, "JPEG", quality=_QUALITY)
    return buffer.getvalue()


__all__ = ["EDITED", "LEAKED", "REPORT", "Options", "prepare"]
