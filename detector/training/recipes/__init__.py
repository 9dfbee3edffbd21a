"""Recipes by name: the settings that the commands train by, one file for each family."""

from collections.abc import Mapping

from detector.training.recipe import Recipe
from detector.training.recipes import cifake_own, plain


class RecipeError(ValueError):
    """A name that no recipe bears."""


RECIPES: Mapping[str, Recipe] = {**cifake_own.RECIPES, **plain.RECIPES}


def named(name: str) -> Recipe:
    """The recipe of that name. Raises RecipeError."""
    if name not in RECIPES:
        raise RecipeError(f"there is no recipe named {name!r}; known: {', '.join(sorted(RECIPES))}")
    return RECIPES[name]
