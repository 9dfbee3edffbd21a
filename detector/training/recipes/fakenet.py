"""FakeNet and FakeNet2 as they were trained: Adam at 0.001, batches of 64, 20 epochs.

`-edited` is for the two tasks against EDITED images (`detector.training.tasks`), where 1 means edited.
"""

from detector.training.recipe import Recipe
from detector.training.recipes.references import plain


def _recipe(role: str, architecture: str) -> Recipe:
    return plain(role, architecture, epochs=20, batch=64)


RECIPES = {
    "fakenet": _recipe("general", "fakenet"),
    "fakenet2": _recipe("general", "fakenet2"),
    "fakenet2-three-pools": _recipe("general", "fakenet2-three-pools"),
    "fakenet-edited": _recipe("edited", "fakenet"),
    "fakenet2-edited": _recipe("edited", "fakenet2"),
}
