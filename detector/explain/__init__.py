"""Where a network looked: maps over an image, from one trunk pass.

`METHODS` and `explained` bring PyTorch with them, so they are imported when they are first asked for: a web process
draws heatmaps and never runs a network.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detector.explain.base import Method, explain
    from detector.explain.registry import METHODS, explained, methods_of

LOCAL = "local"
NONE = "none"
NAMES = ("grad-cam", "hirescam", "grad-cam++", "layercam", LOCAL, NONE)
"""What a card's `explanation` may say: the methods that need the gradient, the head's own local evidence, or no map."""

__all__ = ["LOCAL", "METHODS", "NAMES", "NONE", "Method", "explain", "explained", "methods_of"]
_HOMES = {"Method": "base", "explain": "base", "METHODS": "registry", "explained": "registry", "methods_of": "registry"}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"detector.explain.{_HOMES[name]}"), name)
    raise AttributeError(name)
