"""One model at work: views are averaged, the first is explained, towards the class that all of them come to."""

import dataclasses
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from detector.bundles import Bundle, Calibration, InputSpec
from detector.engines import engine_for
from detector.explain import explained
from detector.model import Model, model
from detector.preprocessing import normalise
from detector.views import VIEWS
from tests.detector.bundles_for_tests import MIDDLE
from tests.detector.engines.networks_for_tests import small

CPU = torch.device("cpu")
SIZE = 16


def pictures(count: int = 3) -> NDArray[np.uint8]:
    return np.random.default_rng(5).integers(0, 256, (count, SIZE, SIZE, 3), dtype=np.uint8)


def at_work(bundle: Bundle, **changes: Any) -> Model:
    changed = Bundle(dataclasses.replace(bundle.card, **changes), bundle.network)
    return model(changed, engine_for(bundle.trunk, CPU))


def with_views(*names: str) -> Model:
    return at_work(small(), input=InputSpec(SIZE, MIDDLE, MIDDLE, views=names))


def logits_of(bundle: Bundle, view: str) -> NDArray[np.float64]:
    images = VIEWS[view](normalise(pictures(), bundle.card.input))
    with torch.no_grad():
        return bundle.network.logits(images).double().numpy()


def map_of(bundle: Bundle, view: str, towards: float) -> NDArray[np.float64]:
    with torch.no_grad():
        feature_map = bundle.trunk(VIEWS[view](normalise(pictures(), bundle.card.input)))["fine"]
    _, influence = explained("grad-cam", bundle.head, feature_map, torch.full((3,), towards))
    assert influence is not None
    return influence.double().numpy()


def test_the_logit_is_the_mean_of_the_views() -> None:
    bundle = small()
    wanted = np.mean([logits_of(bundle, view) for view in ("whole", "mirrored", "shifted-up-left")], axis=0)
    one = with_views("whole", "mirrored", "shifted-up-left")
    assert one.scored(pictures()) == pytest.approx(wanted, abs=1e-5)
    assert one.explained(pictures())[0] == pytest.approx(wanted, abs=1e-5)
    assert not np.allclose(wanted, logits_of(bundle, "whole"), atol=1e-5)


@pytest.mark.parametrize("first", ["whole", "mirrored"])
def test_the_first_view_is_the_one_explained(first: str) -> None:
    bundle = small()
    logits, influence = with_views(first, "shifted-down-right").explained(pictures())
    assert influence is not None
    for at, logit in enumerate(logits):
        wanted = map_of(bundle, first, 1.0 if logit >= 0 else -1.0)[at]
        assert influence[at] == pytest.approx(wanted, abs=1e-6)


def test_the_map_shows_the_class_that_is_shown_where_the_calibration_turns_it() -> None:
    bundle = small()
    own = logits_of(bundle, "whole")
    between = float(np.sort(own)[1] + np.sort(own)[0]) / 2
    one = at_work(bundle, calibration=Calibration("platt", 1.0, bias=between))
    logits, influence = one.explained(pictures())
    assert influence is not None
    assert logits == pytest.approx(own, abs=1e-5)
    assert sorted(np.sign(own - between)) == [-1, 1, 1]
    for at, logit in enumerate(own):
        assert influence[at] == pytest.approx(map_of(bundle, "whole", float(np.sign(logit - between)))[at], abs=1e-6)


def test_the_trunk_runs_once_for_each_view() -> None:
    runs: list[int] = []
    one = with_views("whole", "mirrored")
    counting = CountingEngine(one, runs)
    dataclasses.replace(one, engine=counting).explained(pictures())
    assert runs == [3, 3]


class CountingEngine:
    """An engine that notes the size of each batch."""

    name = "torch"
    device = CPU
    tolerance = 1e-4

    def __init__(self, one: Model, runs: list[int]) -> None:
        self._engine, self._runs = one.engine, runs

    def maps(self, images: torch.Tensor) -> dict[str, torch.Tensor]:
        self._runs.append(len(images))
        return self._engine.maps(images)


def test_no_map_is_made_where_the_card_says_that_none_is_shown() -> None:
    logits, influence = at_work(small(), explanation="none").explained(pictures())
    assert influence is None
    assert logits == pytest.approx(logits_of(small(), "whole"), abs=1e-5)
