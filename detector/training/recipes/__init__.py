"""Recipes by name: the settings that the commands train by, one file for each family."""

from collections.abc import Mapping

from detector.training.recipe import Recipe
from detector.training.recipes import (
    attention,
    cifake,
    cifake_edited,
    cifake_own,
    edited,
    face,
    fakenet,
    general,
    plain,
    resnet18,
    villarreal,
)


class RecipeError(ValueError):
    """A name that no recipe bears."""


RECIPES: Mapping[str, Recipe] = {
    **attention.RECIPES,
    **cifake.RECIPES,
    **cifake_edited.RECIPES,
    **cifake_own.RECIPES,
    **edited.RECIPES,
    **face.RECIPES,
    **fakenet.RECIPES,
    **general.RECIPES,
    **plain.RECIPES,
    **resnet18.RECIPES,
    **villarreal.RECIPES,
}


def named(name: str) -> Recipe:
    """The recipe of that name. Raises RecipeError."""
    if name not in RECIPES:
        raise RecipeError(f"there is no recipe named {name!r}; known: {', '.join(sorted(RECIPES))}")
    return RECIPES[name]
