"""One model at work: a card, the engine that runs its trunk, and its head."""

import copy
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from detector.bundles import Bundle, Card
from detector.engines import Engine
from detector.explain import explained
from detector.explain.base import direction
from detector.preprocessing import normalise
from detector.views import seen


@dataclass(frozen=True)
class Model:
    """The head lies where the engine's maps do."""

    card: Card
    engine: Engine
    head: nn.Module

    def scored(self, squares: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Logits (B,) of pictures (B, size, size, 3), each the mean of its views'."""
        return _numbers(_mean([self._logits(view) for view in self._views(squares)]))

    def explained(self, squares: NDArray[np.uint8]) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
        """Logits (B,) of pictures (B, size, size, 3), and the influence maps (B, h, w) of their first views, 0 or more.

        One pass of the trunk for each view. The class that is explained is the one that all views together come to.
        There are no maps where the card says that none are to be shown.
        """
        first, *others = self._views(squares)
        feature_map = self._map(first)
        own, influence = explained(self.card.explanation, self.head, feature_map)
        logits = _mean([own, *(self._logits(view) for view in others)])
        if influence is None:
            return _numbers(logits), None
        towards = direction(logits - self.card.calibration.bias)
        turned = towards != direction(own)
        if turned.any():
            _, other = explained(self.card.explanation, self.head, feature_map[turned], towards[turned])
            if other is not None:
                influence[turned] = other
        return _numbers(logits), _numbers(influence)

    def _views(self, squares: NDArray[np.uint8]) -> list[Tensor]:
        return seen(normalise(squares, self.card.input), self.card.input.views)

    def _map(self, view: Tensor) -> Tensor:
        return self.engine.maps(view)[self.card.explained]

    @torch.no_grad()
    def _logits(self, view: Tensor) -> Tensor:
        logits: Tensor = self.head(self._map(view))[:, 0]
        return logits


def model(bundle: Bundle, engine: Engine) -> Model:
    """A bundle at work on an engine that was made for it."""
    head = copy.deepcopy(bundle.head).eval().requires_grad_(False).to(engine.device)
    return Model(bundle.card, engine, head)


def _mean(logits: list[Tensor]) -> Tensor:
    return logits[0] if len(logits) == 1 else torch.stack(logits).mean(0)


def _numbers(values: Tensor) -> NDArray[np.float64]:
    return np.asarray(values.double().cpu().numpy(), dtype=np.float64)
