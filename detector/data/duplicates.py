"""The same picture twice: within a split, under both labels, or in training and in the test."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from detector.data.fingerprints import near_pairs
from detector.data.layouts import TEST, TRAIN, VALID, Layout
from detector.data.pack import Kept, Pack

_ORDER = (TEST, VALID, TRAIN)
Rows = list[dict[str, Any]]


def resolve(pack: Pack, layout: Layout) -> dict[str, Rows]:
    """Take from training and validation what stands twice; the test is never touched.

    Returns rows of "removed" files with their reason, of "leaked" test files whose very bytes stand in training (only
    where the layout keeps its official splits), and of files "repeated_in_test".
    """
    rows: dict[str, Rows] = {"removed": [], "leaked": [], "repeated_in_test": []}
    for group in _same_bytes(pack):
        _resolve_group(pack, layout, group, rows)
    if layout.near is not None:
        _remove_near(pack, layout.near, rows["removed"])
    return rows


def _same_bytes(pack: Pack) -> Iterable[list[Kept]]:
    groups: defaultdict[str, list[Kept]] = defaultdict(list)
    for kept in pack.where(lambda kept: kept.split in _ORDER):
        groups[kept.print.sha256].append(kept)
    return [group for group in groups.values() if len(group) > 1]


def _resolve_group(pack: Pack, layout: Layout, group: list[Kept], rows: dict[str, Rows]) -> None:
    contradictory = len({kept.label for kept in group}) > 1
    inside = {split: [kept for kept in group if kept.split == split] for split in _ORDER}
    rows["repeated_in_test"] += [_row(kept, inside[TEST][0], "same bytes") for kept in inside[TEST][1:]]
    if layout.keep_leaked and inside[TEST] and inside[TRAIN]:
        rows["leaked"] += [_row(kept, inside[TRAIN][0], "same bytes") for kept in inside[TEST]]
    first = None if layout.keep_leaked else next(iter(inside[TEST]), None)
    for split in (VALID, TRAIN):
        for kept in inside[split]:
            if contradictory:
                other = next(one for one in group if one.label != kept.label)
                _remove(pack, kept, other, "the same bytes under the other label", rows["removed"])
            elif first is not None:
                _remove(pack, kept, first, "same bytes", rows["removed"])
            else:
                first = kept


def _remove_near(pack: Pack, most: int, removed: Rows) -> None:
    for left, right in ((TEST, TRAIN), (TEST, VALID), (VALID, TRAIN)):
        ours, theirs = _of(pack, left), _of(pack, right)
        pairs = near_pairs([kept.print for kept in ours], [kept.print for kept in theirs], most)
        for mine, other, bits in pairs:
            if theirs[other].path in pack.files:
                reason = f"the same picture: {bits} of 256 bits of the perceptual hash differ"
                _remove(pack, theirs[other], ours[mine], reason, removed)


def _of(pack: Pack, split: str) -> list[Kept]:
    return pack.where(lambda kept: kept.split == split)


def _remove(pack: Pack, kept: Kept, because_of: Kept, reason: str, rows: Rows) -> None:
    pack.remove(kept)
    rows.append(_row(kept, because_of, reason))


def _row(kept: Kept, other: Kept, reason: str) -> dict[str, Any]:
    return {"file": kept.path, "sha256": kept.print.sha256, "as": other.path, "reason": reason}
