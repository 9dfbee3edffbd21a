"""Images in, observations out: faces, every model in service in batches, and heatmaps from the same forward pass."""

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detector.bundles import Bundle, Card
from detector.engines import Chosen, Engines, choose_device, onnx_runtime
from detector.explain.draw import whole
from detector.faces import cut, face_square, find_faces
from detector.images import DecodedImage
from detector.model import Model, model
from detector.preprocessing import resize
from detector.results import Analysis, Box, Heatmap, Observation
from detector.threads import give, leave_one

FACE = "face"
_LARGEST_BATCH = 32


@dataclass(frozen=True)
class _View:
    """What a model sees of an image: the image's place in the batch, the region, and the face box if it is one."""

    image: int
    region: Box
    box: Box | None


class Detector:
    """The models in service, one for each role at most. Loaded once; `analyse` may be called from several threads."""

    def __init__(
        self,
        bundles: Mapping[str, Bundle],
        device: str = "auto",
        threads: int | None = None,
        engine: str = "torch",
        cache: Path | None = None,
    ) -> None:
        """`bundles` by role; `device` "auto", "cpu" or "cuda[:n]"; `threads` for networks, faces and resizing.

        `engine`: "torch", "onnxruntime", or "auto" for the one that is the fastest here, which is measured, and kept in
        the folder `cache` if one is named. Raises ValueError for a bundle under a role that is not its own, EngineError
        for an engine that is not there or cannot run a bundle.
        """
        if wrong := [role for role, bundle in bundles.items() if bundle.card.role != role]:
            raise ValueError(f"bundles stand under roles that are not theirs: {', '.join(wrong)}")
        self.device = choose_device(device)
        engines = Engines(engine, self.device, give(threads), cache)
        self.engines: dict[str, Chosen] = {role: engines.choose(bundle) for role, bundle in bundles.items()}
        self._models = {role: model(bundle, self.engines[role].engine) for role, bundle in bundles.items()}
        if {chosen.engine.name for chosen in self.engines.values()} == {onnx_runtime.NAME}:
            leave_one()
        self._pool = ThreadPoolExecutor(threads or os.cpu_count())

    def analyse(self, images: Sequence[DecodedImage], explain: bool = True) -> list[Analysis]:
        """One analysis for each image, in order. No score depends on what else is in the batch.

        `explain`: make heatmaps too. Every face is observed by the face model, largest first.
        """
        if not images:
            return []
        clock = _Clock(len(images))
        views = self._views(images, clock)
        inputs = self._inputs(images, views, clock)
        observations: list[list[Observation]] = [[] for _ in images]
        for role, one in self._models.items():
            with clock.stage(role):
                for view, observation in _observe(one, images, views[role], inputs[role], explain):
                    observations[view.image].append(observation)
        roles = frozenset(self._models)
        return [Analysis(found, roles, dict(clock.shares)) for found in observations]

    def _views(self, images: Sequence[DecodedImage], clock: "_Clock") -> dict[str, list[_View]]:
        wholes = [_View(at, whole((image.facts.width, image.facts.height)), None) for at, image in enumerate(images)]
        views = dict.fromkeys(self._models, wholes)
        if FACE in self._models:
            with clock.stage("faces"):
                views[FACE] = self._face_views(images, self._models[FACE].card.input.face_margin or 0.0)
        return views

    def _face_views(self, images: Sequence[DecodedImage], margin: float) -> list[_View]:
        found = self._pool.map(find_faces, [image.pixels for image in images])
        return [_View(at, face_square(box, margin), box) for at, boxes in enumerate(found) for box in boxes]

    def _inputs(
        self, images: Sequence[DecodedImage], views: Mapping[str, list[_View]], clock: "_Clock"
    ) -> dict[str, NDArray[np.uint8]]:
        """The resized views (n, size, size, 3) uint8 of each role; models that see the same share them."""
        made: dict[tuple[int, int], NDArray[np.uint8]] = {}
        inputs: dict[str, NDArray[np.uint8]] = {}
        with clock.stage("preprocess"):
            for role, one in self._models.items():
                key = (one.card.input.size, id(views[role]))
                if key not in made:
                    made[key] = self._resized(images, views[role], one.card.input.size)
                inputs[role] = made[key]
        return inputs

    def _resized(self, images: Sequence[DecodedImage], views: list[_View], size: int) -> NDArray[np.uint8]:
        def resized(view: _View) -> NDArray[np.uint8]:
            return resize(cut(images[view.image].pixels, view.region), size)

        empty = np.empty((0, size, size, 3), dtype=np.uint8)
        return np.stack(list(self._pool.map(resized, views))) if views else empty


class _Clock:
    """Each image's equal share of the seconds that its batch spent in a stage."""

    def __init__(self, images: int) -> None:
        self._images = images
        self.shares: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.shares[name] = (time.perf_counter() - began) / self._images


def _observe(
    one: Model, images: Sequence[DecodedImage], views: list[_View], inputs: NDArray[np.uint8], explain: bool
) -> Iterator[tuple[_View, Observation]]:
    for start in range(0, len(views), _LARGEST_BATCH):
        chunk = slice(start, start + _LARGEST_BATCH)
        logits, maps = one.explained(inputs[chunk]) if explain else (one.scored(inputs[chunk]), None)
        probabilities = one.card.calibration.probabilities(logits)
        for at, view in enumerate(views[chunk]):
            size = images[view.image].facts.width, images[view.image].facts.height
            heatmap = None if maps is None else Heatmap(_to_bytes(maps[at]), view.region, size)
            yield view, _observation(one.card, float(probabilities[at]), float(logits[at]), view.box, heatmap)


def _observation(card: Card, probability: float, score: float, box: Box | None, heatmap: Heatmap | None) -> Observation:
    return Observation(card.role, card.name, card.version, probability, score, box, heatmap)


def _to_bytes(influence: NDArray[np.float64]) -> NDArray[np.uint8]:
    """(h, w) scaled so that its highest value is 255; a map of zeros stays one."""
    highest = influence.max()
    return np.rint(influence * (255 / highest if highest > 0 else 0)).astype(np.uint8)


__all__ = ["Analysis", "Box", "Detector", "Heatmap", "Observation"]
