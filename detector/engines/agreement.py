"""Whether an engine gives the scores of the trunk itself: looked at whenever one is made."""

import copy

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import interpolate

from detector.bundles import Bundle
from detector.engines.base import Engine, EngineError
from detector.inputs import InputSpec
from detector.preprocessing import normalise

IMAGES = 2
_COARSE = 7
_FLOAT32 = 1e-4


def probe(spec: InputSpec) -> Tensor:
    """Two pictures as the network gets them, (2, 3, size, size) float32: one of noise, one of soft patches."""
    random = torch.Generator().manual_seed(0)
    noise = torch.rand(IMAGES // 2, 3, spec.size, spec.size, generator=random)
    patches = torch.rand(IMAGES // 2, 3, _COARSE, _COARSE, generator=random)
    soft = interpolate(patches, size=(spec.size, spec.size), mode="bilinear")
    squares = (torch.cat([noise, soft]) * 255).byte().permute(0, 2, 3, 1).contiguous().numpy()
    return normalise(squares, spec)


@torch.no_grad()
def logits(bundle: Bundle, engine: Engine, images: Tensor) -> NDArray[np.float64]:
    """Raw scores (B,) of images (B, 3, H, W), the trunk run by the engine."""
    head = copy.deepcopy(bundle.head).eval().to(engine.device)
    scores: Tensor = head(engine.maps(images)[bundle.card.explained])[:, 0]
    return scores.double().cpu().numpy()


def require_agreement(bundle: Bundle, engine: Engine, images: Tensor, wanted: NDArray[np.float64]) -> None:
    """Raise EngineError when the engine's scores of `images` are not `wanted`, within the engine's tolerance.

    Float32 is compared by its logits, relative to their size where that is above 1; half precision by probabilities.
    """
    found = logits(bundle, engine, images)
    if engine.tolerance > _FLOAT32:
        found, wanted = (bundle.card.calibration.probabilities(scores) for scores in (found, wanted))
    apart = np.abs(found - wanted) / np.maximum(1, np.abs(wanted))
    if not (apart <= engine.tolerance).all():
        raise EngineError(f"its scores are {apart.max():.2g} from the network's own, allowed are {engine.tolerance:g}")
