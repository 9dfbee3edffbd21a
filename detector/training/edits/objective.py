"""Learning where a picture was edited: the label of the picture, and its mask where it is known."""

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from detector.architectures.base import ArchitectureError, Network
from detector.architectures.local import USUAL, LocalHead
from detector.training.augmentation import generator, jpeg
from detector.training.dataset import read_pixels
from detector.training.edits.mixture import EditedPictures, is_generated
from detector.training.edits.synthesiser import HELD_OUT, synthesise
from detector.training.packs import Sample
from detector.training.recipe import Recipe

_LOCAL_WEIGHT = 2.0
_QUALITY = 85


def mixture(recipe: Recipe, samples: Sequence[Sample]) -> EditedPictures:
    """Real edits and made ones, with masks."""
    return EditedPictures(samples, recipe.input_spec(), recipe.seed)


def local_loss(recipe: Recipe, network: Network, images: Tensor, rest: Sequence[Tensor]) -> Tensor:
    """Cross-entropy of the picture's logit against its smoothed label, plus twice that of places against known masks.

    Raises ArchitectureError for a head that has no local logits.
    """
    if not isinstance(network.head, LocalHead):
        raise ArchitectureError("this objective needs an architecture with a local head")
    labels, _, cells, known = rest
    logits, local = network.head.both(network.trunk(images)[network.explained])
    targets = labels.float() * (1 - recipe.label_smoothing) + recipe.label_smoothing / 2
    by_place = binary_cross_entropy_with_logits(local.float() + USUAL, cells, reduction="none").mean(dim=(1, 2))
    return binary_cross_entropy_with_logits(logits[:, 0].float(), targets) + _LOCAL_WEIGHT * (by_place * known).mean()


def with_unseen_edits(recipe: Recipe, held: Sequence[Sample]) -> list[Sample]:
    """Validation samples for a detector of edits: AI images left out, half of the photographs that have no edited
    counterpart edited by the operations that training does not see. All of these photographs are encoded anew.
    """
    edited = [sample for sample in held if sample.label == 1 and not is_generated(sample)]
    packs = {sample.path.parent.parent if sample.data is None else sample.path for sample in edited}
    beside: list[Sample] = []
    alone: list[Sample] = []
    for sample in held:
        if sample.label == 0:
            home = sample.path.parent.parent if sample.data is None else sample.path
            (beside if home in packs else alone).append(sample)
    return edited + beside + [_made(recipe, alone, number) for number in range(len(alone))]


def _made(recipe: Recipe, photographs: Sequence[Sample], number: int) -> Sample:
    rng = generator(recipe.seed, number)
    sample = photographs[number]
    pixels, label = read_pixels(sample), number % 2
    if label == 1:
        donor = read_pixels(photographs[int(rng.integers(len(photographs)))])
        pixels = synthesise(pixels, donor, rng, tuple(HELD_OUT)).pixels
    buffer = io.BytesIO()
    jpeg(Image.fromarray(np.ascontiguousarray(pixels)), _QUALITY).save(buffer, "PNG", compress_level=1)
    source = f"{sample.source}, unseen edits" if label == 1 else sample.source
    return Sample(sample.name, source, label, sample.path, buffer.getvalue(), "edited" if label == 1 else "real")
