"""Which pictures the two heads learn from, and how often each is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.training.dataset import sampling_weights
from detector.training.packs import Sample

WHOLE, CUT, FACE = "whole", "cut", "face"
SHARES = {WHOLE: 0.5, CUT: 0.15, FACE: 0.35}
"""Of the pictures drawn: whole pictures, faces cut out of them, and pictures that are all face."""


@dataclass(frozen=True)
class Pools:
    """All samples in the order of their bank, and the pool of each."""

    samples: Sequence[Sample]
    pools: Sequence[str]

    def weights(self, leave_out: frozenset[str]) -> NDArray[np.float64]:
        """Probability of each sample, (n,), summing to 1; none of a source that is left out.

        Within a pool as `sampling_weights` has it: classes alike, sources by the root of their size.
        """
        weights = np.zeros(len(self.samples))
        for pool, share in SHARES.items():
            chosen = [i for i in range(len(self.samples)) if self._takes_part(i, pool, leave_out)]
            if chosen:
                weights[chosen] = share * sampling_weights([self.samples[i] for i in chosen])
        return np.asarray(weights / weights.sum())

    def held(self, pools: Sequence[str], leave_out: frozenset[str]) -> list[int]:
        """Places of the samples of these pools whose source is left out."""
        places = range(len(self.samples))
        return [i for i in places if self.pools[i] in pools and self.samples[i].source in leave_out]

    def _takes_part(self, index: int, pool: str, leave_out: frozenset[str]) -> bool:
        return self.pools[index] == pool and self.samples[index].source not in leave_out
