"""Whether a bundle can serve: one noisy picture is judged and explained as the worker would."""

import numpy as np
import torch

from detector.bundles import Bundle
from detector.engines import engine_for
from detector.model import model


class Unfit(Exception):
    """The bundle loads, but cannot judge a picture."""


def require_fit(bundle: Bundle) -> None:
    """Judge and explain one picture of the bundle's own size. Raises Unfit when that fails or gives no number."""
    size = bundle.card.input.size
    squares = np.random.default_rng(0).integers(0, 256, (1, size, size, 3), dtype=np.uint8)
    try:
        logits, influence = model(bundle, engine_for(bundle.trunk, torch.device("cpu"))).explained(squares)
    except Exception as error:
        reason = str(error).strip().splitlines() or [""]
        raise Unfit(f"it cannot judge a picture of {size} pixels: {type(error).__name__}: {reason[0]}") from error
    found = [logits] if influence is None else [logits, influence]
    if not all(np.isfinite(values).all() for values in found):
        raise Unfit("its scores or maps are no numbers")
