"""The two networks that the CIFAKE paper names best; `sweep` trains all 36 by the same settings.

The paper gives neither rate nor epochs in its tables: Adam's usual 0.001, batches of 32 and 10 epochs are ours.
"""

from detector.training.recipe import Recipe
from detector.training.recipes.references import plain


def recipe(architecture: str) -> Recipe:
    """The settings for any network of the family, e.g. "cifake-32x2"."""
    return plain("general", architecture, epochs=10, batch=32)


RECIPES = {"cifake-convolutions": recipe("cifake-32x2"), "cifake-dense": recipe("cifake-32x2-64x1")}
