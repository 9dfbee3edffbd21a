"""The 36 networks of the CIFAKE paper: 12 feature extractors, then 24 dense variants on the best of them.

Their validation loss, on training images that none of them is trained on, decides; each is tested once.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from detector.architectures.cifake import cifake
from detector.engines import choose_device
from detector.evaluation.scoring import score
from detector.training import loop
from detector.training.packs import Sample
from detector.training.progress import Place, Progress
from detector.training.recipes.cifake import recipe
from detector.training.references.figures import Figures, figures, log_loss, without
from detector.training.references.machine import machine

REPORT = "sweep.json"
Report = dict[str, Any]


@dataclass(frozen=True)
class Grid:
    """The sizes that are tried; the paper's unless others are given."""

    filters: tuple[int, ...] = (16, 32, 64, 128)
    layers: tuple[int, ...] = (1, 2, 3)
    neurons: tuple[int, ...] = (32, 64, 128, 256, 512, 1024, 2048, 4096)

    def extractors(self) -> list[str]:
        """Names of the networks straight to the output; 12 in the paper."""
        return [cifake(filters, layers).name for layers in self.layers for filters in self.filters]

    def dense_variants(self, extractor: str) -> list[str]:
        """Names of the networks with dense layers on an extractor; 24 in the paper."""
        return [f"{extractor}-{neurons}x{layers}" for layers in self.layers for neurons in self.neurons]

    def networks(self) -> int:
        """How many there are in all; 36 in the paper."""
        return len(self.layers) * (len(self.filters) + len(self.neurons))


class SweepError(ValueError):
    """A report of another sweep, or one that cannot be read."""


@dataclass(frozen=True)
class SweepData:
    """`leaked`: places in `test` of files that stand byte by byte in the training data."""

    training: Sequence[Sample]
    validation: Sequence[Sample]
    test: Sequence[Sample]
    leaked: set[int]


@dataclass(frozen=True)
class SweepSettings:
    """`extractor`: the name of the one that the dense layers stand on, None for that of the lowest validation loss."""

    out: Path
    epochs: int = 5
    seed: int = 0
    extractor: str | None = None
    device: str = "auto"
    grid: Grid = Grid()


class SweepProgress(Progress):
    """Hears also of every network, which may have been measured before; this one is deaf."""

    def network(self, place: int, name: str) -> None:
        """Called with the place (from 0) and name of every network before its training."""


def sweep(data: SweepData, settings: SweepSettings, progress: SweepProgress | None = None) -> Report:
    """Train, validate and test what `<out>/sweep.json` lacks, writing it anew after every network.

    Raises SweepError when the file is of other data or settings.
    """
    report = _resumed(data, settings)
    heard = progress or SweepProgress()
    extractors = settings.grid.extractors()
    for place, name in enumerate(extractors):
        heard.network(place, name)
        _measure(report, name, data, settings, heard)
    report["extractor"] = settings.extractor or best(report, extractors)
    for place, name in enumerate(settings.grid.dense_variants(report["extractor"]), start=len(extractors)):
        heard.network(place, name)
        _measure(report, name, data, settings, heard)
    _write(settings.out, report)
    return report


def best(report: Report, extractors: Sequence[str]) -> str:
    """The extractor of the lowest validation loss."""
    networks: dict[str, Report] = report["networks"]
    return min(extractors, key=lambda name: networks[name]["validation_loss"])


def _measure(report: Report, name: str, data: SweepData, settings: SweepSettings, progress: SweepProgress) -> None:
    if name not in report["networks"]:
        report["networks"][name] = _network(name, data, settings, progress)
        _write(settings.out, report)


def _network(name: str, data: SweepData, settings: SweepSettings, progress: Progress) -> Figures:
    chosen = replace(recipe(name), epochs=settings.epochs, seed=settings.seed)
    network = loop.begin(chosen, None)
    history = loop.train(chosen, network, data.training, (), progress, Place(choose_device(settings.device)))
    held = score(network, chosen.input_spec(), data.validation)
    tested = score(network, chosen.input_spec(), data.test)
    return {
        "parameters": sum(parameter.numel() for parameter in network.module().parameters()),
        "seconds": round(sum(one.seconds for one in history)),
        "validation_loss": log_loss(held.logits, held.labels),
        "test": figures(tested),
        "test without leaks": figures(without(tested, data.leaked)),
    }


def _resumed(data: SweepData, settings: SweepSettings) -> Report:
    facts = _facts(data, settings)
    path = settings.out / REPORT
    if not path.exists():
        return facts | {"networks": {}}
    try:
        found: Report = json.loads(path.read_text())
        same = all(found[name] == value for name, value in facts.items() if name != "machine")
        networks = dict(found["networks"])
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise SweepError(f"{path} cannot be read. Remove it to begin anew.") from error
    if not same:
        raise SweepError(f"{path} is of another sweep: other data or settings. Remove it, or give another folder.")
    return facts | {"networks": networks}


def _facts(data: SweepData, settings: SweepSettings) -> Report:
    labels = [sample.label for sample in data.training]
    return {
        "images": {"0": labels.count(0), "1": labels.count(1)},
        "validation_images": len(data.validation),
        "test_images": len(data.test),
        "leaked": len(data.leaked),
        "epochs": settings.epochs,
        "seed": settings.seed,
        "forced": settings.extractor,
        "grid": {name: list(sizes) for name, sizes in vars(settings.grid).items()},
        "recipe": json.loads(json.dumps(asdict(recipe("cifake-32x2")))),
        "machine": machine(choose_device(settings.device), recipe("cifake-32x2").precision),
    }


def _write(out: Path, report: Report) -> None:
    out.mkdir(parents=True, exist_ok=True)
    temporary = out / f"{REPORT}.part"
    temporary.write_text(json.dumps(report, indent=1) + "\n")
    temporary.replace(out / REPORT)
