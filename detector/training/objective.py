"""What training minimises, by the name that a recipe uses: its data set and its loss."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from detector.architectures import Network
from detector.training.augmentation import AUGMENTATIONS
from detector.training.dataset import Pictures
from detector.training.edits.objective import local_loss, mixture, with_unseen_edits
from detector.training.packs import Sample
from detector.training.recipe import Recipe


@dataclass(frozen=True)
class Objective:
    """`pictures` makes the data set of the training samples; its items are ((size, size, 3) uint8, label, index, ...).

    `loss(recipe, network, images, rest)`: normalised images (B, 3, size, size) and the batch's other items, labels (B,)
    first, all on the network's device -> a scalar to be minimised. `held(recipe, samples)`: the validation samples made
    of those that were kept from training.
    """

    pictures: Callable[[Recipe, Sequence[Sample]], Pictures]
    loss: Callable[[Recipe, Network, Tensor, Sequence[Tensor]], Tensor]
    held: Callable[[Recipe, Sequence[Sample]], list[Sample]] = lambda _, samples: list(samples)


def augmented(recipe: Recipe, samples: Sequence[Sample]) -> Pictures:
    """The samples, treated by the recipe's augmentation."""
    return Pictures(samples, recipe.input_spec(), recipe.seed, AUGMENTATIONS[recipe.augmentation])


def label_loss(recipe: Recipe, network: Network, images: Tensor, rest: Sequence[Tensor]) -> Tensor:
    """Binary cross-entropy of the logit against the smoothed label."""
    logits = network.logits(images).float()
    targets = rest[0].float() * (1 - recipe.label_smoothing) + recipe.label_smoothing / 2
    return binary_cross_entropy_with_logits(logits, targets)


OBJECTIVES: Mapping[str, Objective] = {
    "label": Objective(augmented, label_loss),
    "edits": Objective(mixture, local_loss, with_unseen_edits),
}
