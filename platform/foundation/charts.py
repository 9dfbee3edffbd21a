"""The geometry of the charts: what a template writes into an SVG whose height is fixed and of which only x stretches.

A plot is 168 high; zero lies at 160 and the top of the scale at 8. Across it is 100 wide, whatever its real width.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import floor, log10

from foundation.figures import decimal

FLOOR, CEILING = 160.0, 8.0
APART = 14.0  # between the names of two lines, in pixels
STEPS = (1, 2, 4, 6, 8, 10)
Point = tuple[float, float]


@dataclass(frozen=True)
class Band:
    """The interval around one point: x as the line's, and the two ends."""

    x: float
    low: float
    high: float


@dataclass(frozen=True)
class Line:
    """A series of points; ``kind`` is ``main`` (the subject), ``other``, or ``ref`` (what it is compared with)."""

    name: str
    points: Sequence[Point]
    kind: str = "main"
    band: Sequence[Band] = ()


@dataclass(frozen=True)
class Cell:
    """What a table's cell says, and where it leads, if anywhere."""

    text: str
    href: str = ""


@dataclass(frozen=True)
class Table:
    """The same figures to read: heads, and rows of cells, the first of each its name."""

    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True)
class Tick:
    """A mark of an axis: where, and what stands there; ``anchor`` keeps the outermost ones within the plot."""

    at: str
    text: str
    anchor: str = "middle"


@dataclass(frozen=True)
class Stroke:
    """A line as SVG: its class, its points, its band, and the name at its end."""

    kind: str
    points: str
    band: str
    name: str
    name_at: str


@dataclass(frozen=True)
class Column:
    """One column of a histogram as SVG."""

    x: str
    width: str
    y: str
    height: str


@dataclass(frozen=True)
class Chart:
    """A drawn chart with its table; ``mark`` names the verdict whose colour it has, empty for the accent."""

    title: str
    note: str
    table: Table
    levels: list[Tick]
    axis: list[Tick]
    strokes: list[Stroke] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
    mark: str = ""

    @property
    def named(self) -> bool:
        """Say whether any line bears a name, for which there has to be room at its end."""
        return any(stroke.name for stroke in self.strokes)


def lines(
    title: str,
    note: str,
    series: Sequence[Line],
    axis: Sequence[tuple[float, str]],
    table: Table,
    *,
    mark: str = "",
    least: float = 0.0,
) -> Chart:
    """Draw lines over x in 0..1; the scale starts at zero and ends at a round number above every point and band.

    ``axis`` names places along x. A line of one point is drawn as a level across the plot. The scale reaches
    ``least`` in any case: 2 for counts, of which there is no half.
    """
    top = _round_up(max([least, *(_highest(line) for line in series)]))
    ends = _apart([_height(line.points[-1][1], top) for line in series if line.points])
    drawn = [line for line in series if line.points]
    strokes = [_stroke(line, end, top) for line, end in zip(drawn, ends, strict=True)]
    return Chart(title, note, table, _levels(top), _axis(axis), strokes, mark=mark)


def histogram(
    title: str,
    note: str,
    counts: Sequence[float],
    axis: Sequence[tuple[float, str]],
    table: Table,
    *,
    least: float = 0.0,
) -> Chart:
    """Draw columns of equal width side by side, from zero to ``least`` at least."""
    top = _round_up(max([least, *counts]))
    width = 100 / max(1, len(counts))
    columns = [_column(place, width, count, top) for place, count in enumerate(counts)]
    return Chart(title, note, table, _levels(top), _axis(axis), columns=columns)


def _column(place: int, width: float, count: float, top: float) -> Column:
    y = _height(count, top)
    gap = width * 0.12
    return Column(f"{place * width + gap:.2f}", f"{width - 2 * gap:.2f}", f"{y:.1f}", f"{FLOOR - y:.1f}")


def _stroke(line: Line, name_at: float, top: float) -> Stroke:
    points = line.points if len(line.points) > 1 else [(0.0, line.points[0][1]), (1.0, line.points[0][1])]
    upper = [(one.x, one.high) for one in line.band]
    lower = [(one.x, one.low) for one in reversed(line.band)]
    return Stroke(line.kind, _path(points, top), _path([*upper, *lower], top), line.name, f"{name_at + 4:.1f}")


def _path(points: Sequence[Point], top: float) -> str:
    return " ".join(f"{100 * x:.2f},{_height(y, top):.1f}" for x, y in points)


def _highest(line: Line) -> float:
    return max([y for _, y in line.points] + [one.high for one in line.band], default=0.0)


def _height(value: float, top: float) -> float:
    return FLOOR - (FLOOR - CEILING) * value / top


def _round_up(value: float) -> float:
    """Return the least of STEPS times a power of ten that is not below ``value``; 1 for zero."""
    if value <= 0:
        return 1.0
    power = 10.0 ** floor(log10(value))
    return next(step * power for step in STEPS if step * power >= value * (1 - 1e-9))


def _levels(top: float) -> list[Tick]:
    return [Tick(f"{_height(value, top):.1f}", _short(value)) for value in (0.0, top / 2, top)]


def _short(value: float) -> str:
    for size, unit in ((1_000_000, "M"), (1_000, "k")):
        if value >= size:
            return decimal(f"{value / size:g}") + unit
    return decimal(f"{value:g}")


def _axis(places: Sequence[tuple[float, str]]) -> list[Tick]:
    return [Tick(f"{100 * x:.2f}%", text, _anchor(x)) for x, text in places]


def _anchor(x: float) -> str:
    return "start" if x <= 0 else "end" if x >= 1 else "middle"


def _apart(heights: Sequence[float]) -> list[float]:
    """Return the heights moved down just so far that the names written there do not run into each other."""
    order = sorted(range(len(heights)), key=lambda place: heights[place])
    placed = list(heights)
    for above, below in itertools.pairwise(order):
        placed[below] = max(placed[below], placed[above] + APART)
    return placed
