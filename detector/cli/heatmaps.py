"""Overlays of observations as files."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from detector.detect import Observation
from detector.explain.draw import overlay_png
from detector.images import DecodedImage


def write_heatmaps(
    folder: Path, source: Path, image: DecodedImage, observations: Sequence[Observation], opacity: float = 0.55
) -> list[Path]:
    """Write `<stem>-<hash of the path>-<role>-<number>.png` for each observation with a heatmap; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for number, seen in enumerate(observations):
        if seen.heatmap is not None:
            path = marked(folder, source, f"{seen.role}-{number}")
            path.write_bytes(overlay_png(image.pixels, seen.heatmap, opacity))
            written.append(path)
    return written


def marked(folder: Path, source: Path, name: str) -> Path:
    """`<stem>-<hash of the path>-<name>.png` in the folder."""
    mark = hashlib.sha256(str(source).encode()).hexdigest()[:8]
    return folder / f"{source.stem}-{mark}-{name}.png"
