"""Files in, one row for each out: what the models say of it, or why nothing could be said."""

import glob
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detector import images
from detector.bundles import Card
from detector.cli.heatmaps import write_heatmaps
from detector.detect import Analysis, Detector, Observation
from detector.judgement import judge, label_of
from detector.provenance import NOBODY, TrustList, examine

Row = dict[str, Any]
_MOST_IMAGES = 8
_MOST_PIXELS = 50_000_000
_PATTERN = "*?["


@dataclass(frozen=True)
class Picture:
    """An image, and what its file says of its own origin."""

    image: images.DecodedImage
    provenance: list[Row]


@dataclass(frozen=True)
class Scanner:
    """The models, their cards by role, and where heatmaps go."""

    detector: Detector
    cards: Mapping[str, Card]
    heatmaps: Path | None

    def rows(self, paths: Iterable[Path]) -> Iterator[Row]:
        """A row for each path, in order; one that is missing or broken has its reason in `error`. Raises nothing."""
        for batch in _batches(paths):
            read = [picture.image for _, picture in batch if isinstance(picture, Picture)]
            analyses = iter(self.detector.analyse(read, explain=self.heatmaps is not None))
            for path, picture in batch:
                if isinstance(picture, str):
                    yield _row(path, error=picture)
                else:
                    yield self._judged(path, picture, next(analyses))

    def _judged(self, path: Path, picture: Picture, analysis: Analysis) -> Row:
        seen = analysis.observations
        judgement = judge(seen, dict(self.cards))
        findings = [self._finding(one) for one in seen]
        error = None if self.heatmaps is None else _heatmap_error(self.heatmaps, path, picture.image, seen)
        row = _row(path, judgement.label, judgement.probability, judgement.confidence, findings, error)
        return row | {"provenance": picture.provenance}

    def _finding(self, seen: Observation) -> Row:
        label = label_of(seen.role, seen.probability, self.cards[seen.role].thresholds)
        box = None if seen.box is None else [seen.box.x, seen.box.y, seen.box.width, seen.box.height]
        model = {"name": seen.model_name, "version": seen.model_version}
        shares = {"probability": round(seen.probability, 4), "score": round(seen.score, 4)}
        return {"role": seen.role, "model": model, "label": label, **shares, "box": box}


def files_of(paths: Sequence[Path]) -> list[Path]:
    """The files that paths mean: a folder's files at any depth without the hidden ones, those that a pattern matches.

    A pattern that matches nothing, and a file that is not there, stand for themselves.
    """
    return [file for path in paths for file in _expanded(path)]


def _expanded(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(file for file in path.rglob("*") if not file.is_dir() and not _hidden(file.relative_to(path)))
    if not path.exists() and any(sign in str(path) for sign in _PATTERN):
        found = [Path(match) for match in sorted(glob.glob(str(path), recursive=True))]  # noqa: PTH207 - Path has no absolute patterns
        return [file for match in found for file in (_expanded(match) if match.is_dir() else [match])] or [path]
    return [path]


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _batches(paths: Iterable[Path]) -> Iterator[list[tuple[Path, Picture | str]]]:
    """Files with their picture or the reason that there is none, as many at a time as fit a small memory."""
    batch: list[tuple[Path, Picture | str]] = []
    pixels = 0
    for path in paths:
        picture = read_picture(path)
        batch.append((path, picture))
        pixels += 0 if isinstance(picture, str) else picture.image.pixels.size // 3
        if len(batch) >= _MOST_IMAGES or pixels >= _MOST_PIXELS:
            yield batch
            batch, pixels = [], 0
    if batch:
        yield batch


def read_picture(path: Path, trusted: TrustList = NOBODY) -> Picture | str:
    """A file's image and provenance, or why there is none. `trusted`: whose C2PA signatures are believed."""
    limit = images.Limits().max_bytes
    try:
        if path.exists() and not path.is_file():
            return "It is not a regular file."
        with path.open("rb") as file:
            # one byte more than is accepted: enough to be refused, and a huge file is never read whole
            data = file.read(limit + 1)
        image = images.read(data)
    except images.ImageRefused as error:
        return error.detail
    except (OSError, ValueError) as error:
        return f"The file cannot be read: {getattr(error, 'strerror', None) or error}."
    return Picture(image, [told.as_json() for told in examine(data, image.facts.media_type, trusted)])


def _heatmap_error(
    folder: Path, path: Path, image: images.DecodedImage, observations: Sequence[Observation]
) -> str | None:
    try:
        write_heatmaps(folder, path, image, observations)
    except OSError as error:
        return f"Its heatmap cannot be written: {error.strerror}."
    return None


def _row(
    path: Path,
    label: str | None = None,
    probability: float | None = None,
    confidence: float | None = None,
    findings: list[Row] | None = None,
    error: str | None = None,
) -> Row:
    shares = {"probability": _round(probability), "confidence": _round(confidence)}
    told = {"findings": findings or [], "provenance": [], "error": error}
    return {"path": str(path), "label": label, **shares, **told}


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
