"""How copies of a picture are known again, and how often another picture is taken for one.

``python -m bench.copies`` measures the bundled samples; ``python -m bench.copies FOLDER ...`` the pictures in folders
(at most 10,000 of all, in an order of chance), which is what says something of false matches.
``--write`` replaces ``docs/known-images.md``'s table.
"""

import io
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from detector.images import ImageRefused, read
from detector.perceptual import crops, hashes
from moderation.matching.bands import BandIndex, Words
from moderation.matching.index import RADIUS, words

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "docs" / "known-images.md"
MARKS = ("<!-- measured -->", "<!-- /measured -->")
MOST = 10_000
EDITED = 400
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}
SMALL = 32
SAME = 0.98
WORDS_ON_BAR = "nobody saw this coming"
Edit = Callable[[Image.Image], Image.Image]
Pair = tuple[str, str]


def jpeg(picture: Image.Image, quality: int = 60) -> Image.Image:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=quality)
    return Image.open(buffer).convert("RGB")


def scaled(width: float, height: float) -> Edit:
    return lambda picture: picture.resize((round(picture.width * width), round(picture.height * height)))


def cut(left: float, top: float, right: float, bottom: float) -> Edit:
    """Return what takes these shares of the width and height off."""

    def edit(picture: Image.Image) -> Image.Image:
        width, height = picture.size
        edges = (left * width, top * height, width - right * width, height - bottom * height)
        return picture.crop((round(edges[0]), round(edges[1]), round(edges[2]), round(edges[3])))

    return edit


def cut_anywhere(share: float) -> Edit:
    chance = random.Random(0)

    def edit(picture: Image.Image) -> Image.Image:
        left, top = chance.uniform(0, share), chance.uniform(0, share)
        return cut(left, top, share - left, share - top)(picture)

    return edit


def captioned(share: float, *, above: bool, over: bool, paper: str = "white", ink: str = "black") -> Edit:
    """Return what puts a bar with words above or below the picture, or over its edge."""

    def edit(picture: Image.Image) -> Image.Image:
        width, bar = picture.width, round(picture.height * share)
        page = Image.new("RGB", (width, picture.height + (0 if over else bar)), paper)
        page.paste(picture, (0, bar if above and not over else 0))
        top = 0 if above else page.height - bar
        draw = ImageDraw.Draw(page)
        draw.rectangle((0, top, width, top + bar), paper)
        draw.text((width / 2, top + bar / 2), WORDS_ON_BAR, ink, font_size=max(8, bar // 2), anchor="mm")
        return page

    return edit


EDITS: dict[str, Edit] = {
    "JPEG, quality 60": jpeg,
    "half the size": scaled(0.5, 0.5),
    "twice the size": scaled(2, 2),
    "a fifth narrower": scaled(0.8, 1),
    "10 % of width and height off, around the middle": cut(0.05, 0.05, 0.05, 0.05),
    "10 % of the area off, around the middle": cut(0.0257, 0.0257, 0.0257, 0.0257),
    "10 % off one side": cut(0.1, 0, 0, 0),
    "10 % off, from a corner": cut(0, 0.1, 0.1, 0),
    "10 % of width and height off, anywhere": cut_anywhere(0.1),
    "caption bar below, white": captioned(0.15, above=False, over=False),
    "caption bar above, black": captioned(0.15, above=True, over=False, paper="black", ink="white"),
    "caption bar above, then half the size and JPEG 60": lambda picture: jpeg(
        scaled(0.5, 0.5)(captioned(0.15, above=True, over=False)(picture))
    ),
    "caption bar over the lowest tenth": captioned(0.1, above=False, over=True),
    "mirrored": lambda picture: picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
}


@dataclass(frozen=True)
class Seen:
    """A picture: the hashes that it is looked up by, those that it is known by besides, and a tiny version of it."""

    name: str
    hashes: list[bytes]
    crops: list[bytes]
    small: NDArray[np.float32]


def main(arguments: Sequence[str]) -> None:
    folders = [Path(argument) for argument in arguments if not argument.startswith("--")]
    files = found_in(folders or [ROOT / "samples"])
    with ProcessPoolExecutor() as pool:
        survived = list(filter(None, pool.map(survival, files[:EDITED], chunksize=8)))
        seen = list(filter(None, pool.map(look, files, chunksize=32)))
    same, others = false_matches(seen)
    report = "\n".join([*survival_lines(survived), "", *false_lines(seen, len(same), len(others))])
    print(report)
    print("\nDifferent pictures that were taken for copies:", *(f"{one}  {other}" for one, other in others), sep="\n")
    if "--write" in arguments:
        before, _, rest = DOCUMENT.read_text().partition(MARKS[0])
        DOCUMENT.write_text(f"{before}{MARKS[0]}\n\n{report}\n\n{MARKS[1]}{rest.partition(MARKS[1])[2]}")


def found_in(folders: Sequence[Path]) -> list[Path]:
    files = sorted(file for folder in folders for file in folder.rglob("*") if file.suffix.lower() in SUFFIXES)
    random.Random(0).shuffle(files)
    return files[:MOST]


def pixels_of(file: Path) -> NDArray[np.uint8] | None:
    try:
        return read(file.read_bytes()).pixels
    except (ImageRefused, OSError):
        return None


def survival(file: Path) -> dict[str, int] | None:
    """Return the least distance of each edited version to what the picture is known by; None for a flat picture."""
    pixels = pixels_of(file)
    known = hashes(pixels) + crops(pixels) if pixels is not None else []
    if pixels is None or not known:
        return None
    picture = Image.fromarray(pixels)
    return {name: least(hashes(np.asarray(edit(picture))), known) for name, edit in EDITS.items()}


def least(some: Sequence[bytes], others: Sequence[bytes]) -> int:
    pairs = ((int.from_bytes(one) ^ int.from_bytes(other)).bit_count() for one in some for other in others)
    return min(pairs, default=256)


def look(file: Path) -> Seen | None:
    pixels = pixels_of(file)
    if pixels is None:
        return None
    small = np.asarray(Image.fromarray(pixels).resize((SMALL, SMALL), Image.Resampling.BOX), np.float32).ravel()
    return Seen(file.name, hashes(pixels), crops(pixels), small - small.mean())


def false_matches(seen: Sequence[Seen]) -> tuple[list[Pair], list[Pair]]:
    """Return the names of files that are near each other: of the same picture under two names, and of other pictures.

    The same is said by pixels, not by hashes: tiny versions whose correlation is 0.98 or more.
    """
    known, owners = _stacked([(one.hashes + one.crops) for one in seen])
    asked, askers = _stacked([one.hashes for one in seen])
    rows, places, _ = BandIndex(known, RADIUS).search(asked)
    near = {(min(pair), max(pair)) for pair in zip(askers[rows].tolist(), owners[places].tolist(), strict=True)}
    same: list[Pair] = []
    others: list[Pair] = []
    for one, other in ((seen[first], seen[second]) for first, second in sorted(near) if first != second):
        (same if _correlation(one.small, other.small) >= SAME else others).append((one.name, other.name))
    return same, others


def _stacked(hashes_of_each: Sequence[Sequence[bytes]]) -> tuple[Words, NDArray[np.int64]]:
    owners = np.repeat(np.arange(len(hashes_of_each)), [len(some) for some in hashes_of_each])
    return words([one for some in hashes_of_each for one in some]), owners


def _correlation(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    length = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(one @ other) / length if length else 0.0


def survival_lines(survived: Sequence[dict[str, int]]) -> Iterator[str]:
    yield f"Of {len(survived)} pictures, each known by itself and its crops, changed once and looked up again:"
    yield ""
    yield "| change | known again | bits that differ, median |"
    yield "|---|---|---|"
    for name in EDITS:
        distances = np.array([one[name] for one in survived])
        yield f"| {name} | {np.mean(distances <= RADIUS):.1%} | {np.median(distances):.0f} |"


def false_lines(seen: Sequence[Seen], same: int, others: int) -> Iterator[str]:
    flat = sum(not one.hashes for one in seen)
    yield f"{len(seen):,} pictures, each looked up among all the others ({flat} flat ones have no hash):"
    yield f"{others} pairs of different pictures were taken for copies, of {len(seen) * (len(seen) - 1) // 2:,} pairs;"
    yield f"{same} more pairs are the same picture under two names."


if __name__ == "__main__":
    main(sys.argv[1:])
