"""Which single key presses which button: what is usual, and what a person made of it."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

HELP = "?"
USUAL: dict[str, str] = {
    "real": "1",
    "ai_generated": "2",
    "edited": "3",
    "cannot_tell": "4",
    "escalate": "e",
    "skip": "s",
    "undo": "u",
    "next": "n",
    "extend": "k",
    "release": "r",
    "note": "m",
    "seal": "z",
    "blur": "b",
    "grey": "g",
    "boxes": "o",
    "heatmap": "h",
    "blink": "x",
    "compare": "c",
    "closer": "+",
    "farther": "-",
    "fit": "0",
}
NAMES: dict[str, str | Promise] = {
    "real": _("Real"),
    "ai_generated": _("AI-generated"),
    "edited": _("Edited"),
    "cannot_tell": _("Cannot tell"),
    "escalate": _("Escalate"),
    "skip": _("Skip"),
    "undo": _("Undo"),
    "next": _("Claim the next case"),
    "extend": _("Keep the case longer"),
    "release": _("Give the case back"),
    "note": _("Write a note"),
    "seal": _("Seal the picture"),
    "blur": _("Blur"),
    "grey": _("Greyscale"),
    "boxes": _("Face boxes"),
    "heatmap": _("Next heatmap"),
    "blink": _("Blink between picture and heatmap"),
    "compare": _("Side by side with a known image"),
    "closer": _("Zoom in"),
    "farther": _("Zoom out"),
    "fit": _("Fit the picture"),
}
SPOKEN = {"+": "Plus", " ": "Space"}


def keys_with(own: Mapping[str, str]) -> dict[str, str]:
    """Return the key of each action: a person's ``own``, the usual one of the rest."""
    return {action: own.get(action, usual) for action, usual in USUAL.items()}


def differing(keys: Mapping[str, str]) -> dict[str, str]:
    """Return what has to be kept of a person's keys: those that are not the usual ones."""
    return {action: key for action, key in keys.items() if USUAL.get(action) not in {None, key}}


def faults(keys: Mapping[str, str]) -> dict[str, str | Promise]:
    """Return what is wrong with each key: no single visible character, taken by another action, or the help's."""
    found: dict[str, str | Promise] = {}
    taken: dict[str, str] = {}
    for action, key in keys.items():
        if len(key) != 1 or not key.isprintable() or key.isspace() or key != key.lower():
            found[action] = _("Give one letter, digit or sign.")
        elif key == HELP:
            found[action] = _("This key opens the list of keys.")
        elif key in taken:
            found[action] = _("Another action has this key.")
        taken.setdefault(key, action)
    return found


def spoken(key: str) -> str:
    """Return a key as ``aria-keyshortcuts`` writes it (WAI-ARIA 1.2)."""
    return SPOKEN.get(key, key.upper())
