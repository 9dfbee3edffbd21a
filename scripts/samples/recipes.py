"""Which edit is made of which sample photograph: one short function for each edited sample."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from scripts.samples.edits import Edit, Ellipse, Pixels, Place, paste, recolour, remove, warm_piece

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
BLOOM = Ellipse(x=307, y=222, across=145, down=142)


def photograph(file: str) -> Pixels:
    """The decoded sample (H, W, 3) uint8."""
    with Image.open(SAMPLES / file) as image:
        return np.array(image.convert("RGB"))


def second_dahlia() -> Edit:
    """Copy-move: the bloom, at half its size, into the dark upper right of its own photograph."""
    dahlia = photograph("dahlia.jpg")
    return paste(dahlia, dahlia, warm_piece(dahlia, BLOOM), Place(x=530, y=120, across=0.5, down=0.5), seed=1)


def dahlia_in_the_coffee() -> Edit:
    """Splice: the same bloom, flattened, onto the coffee of another photograph."""
    dahlia = photograph("dahlia.jpg")
    place = Place(x=287, y=148, across=0.48, down=0.3)
    return paste(photograph("coffee.jpg"), dahlia, warm_piece(dahlia, BLOOM), place, seed=2)


def astronaut_without_badges() -> Edit:
    """Removal by inpainting: the mission patch and the name tag."""
    astronaut = photograph("astronaut.jpg")
    badges = Ellipse(x=171, y=386, across=46, down=44).fill(astronaut.shape)
    badges[338:380, 277:332] = True
    return remove(astronaut, badges, seed=3)


def blue_eyed_cat() -> Edit:
    """Local recolouring: both eyes from green to blue."""
    cat = photograph("cat.jpg")
    left = Ellipse(x=170, y=115, across=34, down=29).fill(cat.shape)
    right = Ellipse(x=318, y=136, across=24, down=27).fill(cat.shape)
    return recolour(cat, left | right, hue=205, seed=4)


RECIPES: dict[str, Callable[[], Edit]] = {
    "dahlia-second-bloom.jpg": second_dahlia,
    "coffee-with-dahlia.jpg": dahlia_in_the_coffee,
    "astronaut-without-badges.jpg": astronaut_without_badges,
    "cat-with-blue-eyes.jpg": blue_eyed_cat,
}
ORIGINALS = {
    "dahlia-second-bloom.jpg": "dahlia.jpg",
    "coffee-with-dahlia.jpg": "coffee.jpg",
    "astronaut-without-badges.jpg": "astronaut.jpg",
    "cat-with-blue-eyes.jpg": "cat.jpg",
}
