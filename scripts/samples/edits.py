"""The edits that the project makes of its sample photographs, each with the mask of where it changed them.

Every function takes pixels (H, W, 3) uint8 RGB, leaves its arguments alone, and returns an Edit. Outside the mask an
edit equals its original exactly; the same seed gives the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Edit:
    """Edited pixels (H, W, 3) uint8 and the mask (H, W), true where the edit was made."""

    pixels: Pixels
    mask: Mask


@dataclass(frozen=True)
class Ellipse:
    """An upright ellipse, in pixels."""

    x: float
    y: float
    across: float
    down: float

    def fill(self, shape: tuple[int, ...]) -> Mask:
        """The mask (H, W) of what lies inside."""
        rows, columns = np.ogrid[: shape[0], : shape[1]]
        inside: Mask = ((columns - self.x) / self.across) ** 2 + ((rows - self.y) / self.down) ** 2 <= 1
        return inside


@dataclass(frozen=True)
class Place:
    """Where a piece goes: its new centre, and how far it is stretched across and down."""

    x: float
    y: float
    across: float
    down: float


def warm_piece(pixels: Pixels, around: Ellipse, least: int = 40) -> Mask:
    """The largest patch of orange (red above blue by `least`) within an ellipse, its holes filled."""
    warm = (pixels[..., 0].astype(int) - pixels[..., 2] > least) & around.fill(pixels.shape)
    outlines, _ = cv2.findContours(warm.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = np.zeros(warm.shape, np.uint8)
    cv2.drawContours(filled, [max(outlines, key=cv2.contourArea)], -1, 1, cv2.FILLED)
    return filled.astype(bool)


def paste(target: Pixels, source: Pixels, piece: Mask, place: Place, seed: int) -> Edit:
    """Lay a piece of `source` over `target`, turned a little by chance, with a soft seam.

    With target and source the same photograph this is a copy-move, else a splice.
    """
    turn = float(np.random.default_rng(seed).uniform(-20, 20))
    soft = cv2.GaussianBlur(cv2.erode(piece.astype(np.float32), np.ones((3, 3))), (0, 0), 1.0)
    carried = np.dstack([source.astype(np.float32), soft])
    moved = cv2.warpAffine(carried, _carry(piece, place, turn), target.shape[1::-1], flags=cv2.INTER_AREA)
    weight = np.where(moved[..., 3:] > 0.1, moved[..., 3:], 0.0)
    mixed = target * (1 - weight) + moved[..., :3] * weight
    return Edit(mixed.round().clip(0, 255).astype(np.uint8), weight[..., 0] > 0)


def _carry(piece: Mask, place: Place, turn: float) -> NDArray[np.float64]:
    rows, columns = np.nonzero(piece)
    angle = np.deg2rad(turn)
    spin = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = np.diag([place.across, place.down]) @ spin
    offset = np.array([place.x, place.y]) - linear @ [columns.mean(), rows.mean()]
    return np.column_stack([linear, offset])


def remove(pixels: Pixels, region: Mask, seed: int, radius: int = 5) -> Edit:
    """Fill a region from its surroundings (Telea, 2004), and give it back the grain of its rim."""
    filled = cv2.inpaint(pixels, region.astype(np.uint8), radius, cv2.INPAINT_TELEA).astype(np.float32)
    rim = cv2.dilate(region.astype(np.uint8), np.ones((15, 15))).astype(bool) & ~region
    detail = pixels.astype(np.float32) - cv2.GaussianBlur(pixels, (0, 0), 1.5)
    grain = np.median(np.abs(detail[rim])) * 1.48
    noise = np.random.default_rng(seed).normal(0, grain, pixels.shape[:2])[..., None]
    grained = (filled + noise).round().clip(0, 255).astype(np.uint8)
    return Edit(np.where(region[..., None], grained, pixels), region)


def recolour(pixels: Pixels, region: Mask, hue: int, seed: int) -> Edit:
    """Give a region another hue (degrees, shifted a little by chance) and keep its light and shade."""
    turned = cv2.cvtColor(pixels, cv2.COLOR_RGB2HSV)
    turned[..., 0] = (hue // 2 + np.random.default_rng(seed).integers(-4, 5)) % 180
    coloured = cv2.cvtColor(turned, cv2.COLOR_HSV2RGB)
    return Edit(np.where(region[..., None], coloured, pixels).astype(np.uint8), region)
