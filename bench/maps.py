"""What a heatmap costs: prediction with map beside prediction alone, of the same images, one right after the other."""

import statistics
from dataclasses import dataclass

from bench import pictures
from detector import bundles
from detector.bundles import Bundle
from detector.detect import Detector
from detector.images import DecodedImage, read

BATCHES = (1, 8)
ROUNDS = 15
GOAL = 1.10


@dataclass(frozen=True)
class Cost:
    """Milliseconds per image of the network stage, every view counted; `ratio` is the median of the rounds' own."""

    bundle: str
    explanation: str
    batch: int
    alone: float
    with_map: float
    ratio: float


def measure() -> list[Cost]:
    """Return the cost for every shipped bundle and batch size."""
    image = read(pictures.large(1024, 768))
    found = [(name, bundles.load(bundles.shipped(name))) for name in bundles.shipped_names()]
    return [cost for name, bundle in found for cost in _costs(name, bundle, image)]


def lines(costs: list[Cost]) -> list[str]:
    rows = [
        f"| {one.bundle} | {one.explanation} | {one.batch} | {one.alone:.2f} | {one.with_map:.2f} | {one.ratio:.3f} |"
        for one in costs
    ]
    return [
        "## Heatmaps",
        "",
        "Milliseconds per image that a network takes, all its views counted, without a heatmap and with one;",
        f"medians of {ROUNDS} rounds, each with its own ratio. Goal: at most {GOAL:.2f}.",
        "",
        "| bundle | map | batch | alone | with map | ratio |",
        "|---|---|---|---|---|---|",
        *rows,
    ]


def _costs(name: str, bundle: Bundle, image: DecodedImage) -> list[Cost]:
    detector, costs = Detector({bundle.card.role: bundle}), []
    for batch in BATCHES:
        rounds = [_round(detector, [image] * batch, number) for number in range(-1, ROUNDS)][1:]
        alone, with_map = (statistics.median(one[at] for one in rounds) * 1000 for at in (0, 1))
        ratio = statistics.median(second / first for first, second in rounds)
        costs.append(Cost(name, bundle.card.explanation, batch, alone, with_map, ratio))
    return costs


def _round(detector: Detector, images: list[DecodedImage], number: int) -> tuple[float, float]:
    """Return seconds alone and with map; which goes first changes from round to round."""
    order = (False, True) if number % 2 else (True, False)
    seconds = {explain: _seconds(detector, images, explain) for explain in order}
    return seconds[False], seconds[True]


def _seconds(detector: Detector, images: list[DecodedImage], explain: bool) -> float:
    """Return one image's share of the network stage: finding faces and resizing are the same with and without maps."""
    (role,) = detector.engines
    return detector.analyse(images, explain)[0].timings[role]


if __name__ == "__main__":
    print("\n".join(lines(measure())))
