"""The document about explanations, out of what was kept beside each bundle."""

from collections.abc import Sequence
from typing import Any

from detector.bundles import Card
from detector.evaluation.explanations.choice import UNCHANGED
from detector.explain import NONE

Kept = tuple[Card, dict[str, Any] | None]

_HEAD = f"""# Explanations, and how they were checked

Written by `python -m detector explain-report --out docs/explanations.md` from what `explain-check --write` kept beside
each bundle; edit neither by hand.

A heatmap claims to show what a score rests on. Whether it does is measured, beside a map of uniform noise ("random")
and a Gaussian about the centre, which know nothing of the picture:

- **Insertion and deletion** (Petsiuk, Das and Saenko 2018): the area under the probability of the class shown, while
  pixels come in over a blurred copy, or go out to grey, in the order of the map. Insertion should be high and deletion
  low. The gain is that over the random map on the same pictures.
- **Shuffled weights** (after Adebayo et al. 2018): the mean rank correlation of maps before and after the weights are
  shuffled within each tensor, of the head first, then of half of the trunk too, then of all; over three shufflings. A
  map that keeps more than {UNCHANGED} at any stage says little of what the network learned.
- **Known edits**: the share of pictures whose highest place is edited (pointing), the overlap of the edit with as many
  of the highest pixels (IoU), and the chance that an edited pixel has more influence than another (pixel AUC), always
  towards "not real", whether the model found the picture or not.

A map is shown as evidence when it changes with the weights at every stage, and when insertion, deletion or the pixel
AUC of one kind of edit is surely better than by chance (95 % interval over the pictures). Of those that pass, the one
with the highest sum of the two gains and the mean pixel AUC is the card's `explanation`; where none passes it is
"{NONE}", and the platform shows no heatmap of that model and says so. Square brackets hold 95 % intervals over the
pictures.
"""


def document(kept: Sequence[Kept]) -> str:
    """The text of `docs/explanations.md`."""
    parts = [_HEAD, _overview(kept)]
    parts += [_bundle(card, found) for card, found in kept if found is not None]
    return "\n".join(parts)


def _overview(kept: Sequence[Kept]) -> str:
    rows = "\n".join(_overview_row(card, found) for card, found in kept)
    return f"""## What is shown

| bundle | version | shown | measured |
|---|---|---|---|
{rows}
"""


def _overview_row(card: Card, found: dict[str, Any] | None) -> str:
    if found is None:
        measured = "not checked"
    elif found["weights_sha256"] != card.weights_sha256:
        measured = "on other weights than those shipped"
    else:
        measured = f"{found['pictures']} pictures of {', '.join(found['data'])}"
    return f"| {card.name} | {card.version} | {card.explanation} | {measured} |"


def _bundle(card: Card, found: dict[str, Any]) -> str:
    stages = list(found["randomisation"])
    rows = "\n".join(_map_row(name, found, stages) for name in found["faithfulness"])
    places = "\n".join(_place(name, place) for name, place in found["masks"].items())
    checks = "\n".join(f"- {name}: {'; '.join(reasons) or 'passed'}" for name, reasons in found["checks"].items())
    columns = " | ".join(["map", "insertion", "gain", "deletion", "gain", *(f"shuffled: {stage}" for stage in stages)])
    return f"""## {card.name}

Version {found["version"]}, {found["pictures"]} pictures, seed {found["seed"]}. Chosen: **{found["chosen"]}**.

| {columns} |
|{"---|" * (5 + len(stages))}
{rows}

{places}
{checks}
"""


def _map_row(name: str, found: dict[str, Any], stages: Sequence[str]) -> str:
    row = found["faithfulness"][name]
    shuffled = [found["randomisation"][stage].get(name) for stage in stages]
    gains = [_span(row["insertion_gain"]), _span(row["deletion_gain"])] if name in found["checks"] else ["-", "-"]
    cells = [_number(row["insertion"]), gains[0], _number(row["deletion"]), gains[1], *map(_number, shuffled)]
    return f"| {name} | {' | '.join(cells)} |"


def _place(name: str, place: dict[str, Any]) -> str:
    rows = "\n".join(
        f"| {one} | {_number(row['pointing'])} | {_number(row['iou'])} | {_span(row['auc'])} |"
        for one, row in place["maps"].items()
    )
    share, found = (f"{100 * place[name]:.0f} %" for name in ("edited_share", "found"))
    return f"""Known edits, {name}: {place["pictures"]} pictures, {share} of the pixels edited, {found} of the pictures
called not real.

| map | pointing | IoU | pixel AUC |
|---|---|---|---|
{rows}
"""


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _span(values: Sequence[float]) -> str:
    mean, low, high = values
    return f"{mean:.3f} [{low:.3f}, {high:.3f}]"
