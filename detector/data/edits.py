"""CIFAKE's edited sets: what was edited is the difference to the photograph of the same name."""

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from detector.data.layouts import EDITED, REAL
from detector.data.pack import Kept, Pack
from detector.images import Limits, read

PREFIX = "edits-"
_SMALL = 0.01


def resolve_edits(pack: Pack, originals: dict[tuple[str, str], Kept]) -> dict[str, Any]:
    """Give every edit its mask, and put what is no edit at all among the real ones.

    `originals`: the photograph of (split, stem). Masks are 1-bit PNG in `edits-<split>/mask/`, white where any channel
    differs. Returns counts, and rows of what was relabelled or has no original in the source.
    """
    found: dict[str, Any] = {"edits": 0, "under_1_percent": 0, "relabelled": [], "without_original": []}
    for kept in pack.where(lambda kept: kept.split.startswith(PREFIX)):
        original = originals.get((kept.split.removeprefix(PREFIX), kept.stem))
        changed = None if original is None else _changed(pack.read(kept), pack.read(original))
        if changed is None:
            found["without_original"].append(kept.path)
            found["edits"] += 1
        elif changed.any():
            _write_mask(pack, kept, changed)
            found["edits"] += 1
            found["under_1_percent"] += int(changed.mean() < _SMALL)
        else:
            found["relabelled"].append({"file": pack.move(kept, kept.split, REAL).path, "was": EDITED})
    return found


def _changed(edited: bytes, original: bytes) -> NDArray[np.bool_] | None:
    """(H, W) of where two pictures differ; None when they are not of one size."""
    one, other = (read(data, Limits(min_side=8)).pixels for data in (edited, original))
    return (one != other).any(axis=2) if one.shape == other.shape else None


def _write_mask(pack: Pack, kept: Kept, changed: NDArray[np.bool_]) -> None:
    buffer = io.BytesIO()
    Image.fromarray(changed).convert("1").save(buffer, "PNG", optimize=True)
    path = pack.root / kept.split / "mask" / f"{kept.name.rpartition('.')[0]}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(buffer.getvalue())
