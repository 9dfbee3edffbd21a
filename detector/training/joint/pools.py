"""Which pictures the two heads learn from, and how often each is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.training.dataset import sampling_weights
from detector.training.packs import Sample, hold_out

Chosen = NDArray[np.bool_]
WHOLE, CUT, FACE = "whole", "cut", "face"
SHARES = {WHOLE: 0.4, CUT: 0.12, FACE: 0.48}
"""Of the pictures drawn: whole pictures, faces cut out of them, and pictures that are all face."""


@dataclass(frozen=True)
class Pools:
    """All samples in the order of their bank, and the pool of each."""

    samples: Sequence[Sample]
    pools: Sequence[str]

    def held(self, share: float, leave_out: frozenset[str]) -> Chosen:
        """Which samples (n,) are kept from training: whole sources, and of the others a share by name."""
        _, held = hold_out(list(self.samples), share, set(leave_out))
        kept = {id(sample) for sample in held}
        return np.array([id(sample) in kept for sample in self.samples])

    def weights(self, held: Chosen) -> NDArray[np.float64]:
        """Probability of each sample, (n,), summing to 1; none for one that is held.

        Within a pool as `sampling_weights` has it: classes alike, sources by the root of their size.
        """
        weights = np.zeros(len(self.samples))
        pools = np.array(self.pools)
        for pool, share in SHARES.items():
            chosen = np.flatnonzero((pools == pool) & ~held)
            if len(chosen):
                weights[chosen] = share * sampling_weights([self.samples[i] for i in chosen.tolist()])
        return np.asarray(weights / weights.sum())

    def of(self, pools: Sequence[str], chosen: Chosen) -> list[Sample]:
        """The chosen samples of these pools."""
        return [sample for i, sample in enumerate(self.samples) if chosen[i] and self.pools[i] in pools]
