"""One engine in a process of its own: ``python -m bench.engine_process ENGINE``.

Each line of JSON, ``{"bundle": NAME, "batch": N}``, is answered with one: the seconds of a batch, judged alone (and
what the processors spent on that) and judged with maps. The bundle ``villarreal`` is the 17.6-million-parameter CNN
with random weights; the engine ``eager`` is the trunk as PyTorch loads it.
"""

import json
import sys
import time
from collections.abc import Callable
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor, nn

from detector import bundles
from detector.architectures import architecture
from detector.architectures.base import FeatureMaps
from detector.bundles import Bundle, Calibration, Card, InputSpec, Thresholds
from detector.engines import Engine, Engines, choose_device, onnx_runtime
from detector.model import Model, model
from detector.threads import give, leave_one

EAGER = "eager"
LARGE = "villarreal"
_PAUSE = 0.02  # until the waiting threads of the process that ran before have gone to sleep


class Eager:
    """The trunk as it is: float32, channels first."""

    name = EAGER
    tolerance = 1e-4

    def __init__(self, trunk: nn.Module, device: torch.device) -> None:
        self.device = device
        self._trunk = trunk.to(device)

    @torch.no_grad()
    def maps(self, images: Tensor) -> FeatureMaps:
        maps: FeatureMaps = self._trunk(images.contiguous().to(self.device))
        return maps


@lru_cache
def bundle_of(name: str) -> Bundle:
    return large() if name == LARGE else bundles.load(bundles.shipped(name))


def large() -> Bundle:
    torch.manual_seed(0)
    network = architecture(LARGE).build()
    network.module().eval().requires_grad_(False)
    middle = (127.5, 127.5, 127.5)
    card = Card(
        name=LARGE,
        role="general",
        version="random",
        architecture=LARGE,
        classes={"0": "real", "1": "not real"},
        input=InputSpec(224, middle, middle),
        explained=network.explained,
        calibration=Calibration("none", 1.0),
        thresholds=Thresholds(0.7, 0.5, 0.9),
        weights_sha256="",
        licence="",
    )
    return Bundle(card, network)


@lru_cache
def model_of(name: str, engine: str) -> Model:
    bundle = bundle_of(name)
    return model(bundle, engine_of(bundle, engine))


def engine_of(bundle: Bundle, name: str) -> Engine:
    device = choose_device("auto")
    if name == EAGER:
        return Eager(bundle.trunk, device)
    chosen = Engines(name, device, give(None)).choose(bundle).engine
    if name == onnx_runtime.NAME:
        leave_one()  # as the detector does
    return chosen


def seconds(one: Model, batch: int) -> dict[str, float]:
    size = one.card.input.size
    squares = np.random.default_rng(0).integers(0, 256, (batch, size, size, 3), dtype=np.uint8)
    before = time.process_time()
    alone = timed(lambda: one.scored(squares))
    spent = time.process_time() - before
    return {"alone": alone, "processor": spent, "maps": timed(lambda: one.explained(squares))}


def timed(run: Callable[[], object]) -> float:
    time.sleep(_PAUSE)
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def main(engine: str) -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(seconds(model_of(asked["bundle"], engine), asked["batch"])), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
