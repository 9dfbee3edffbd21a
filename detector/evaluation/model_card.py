"""A model card for people, in Markdown, out of a bundle's card."""

from typing import Any

from detector.bundles import Card


def model_card(card: Card) -> str:
    """The text of `docs/models/<name>.md`: nothing in it is written by hand."""
    parts = [_head(card), _meaning(card), _training(card)]
    parts += [_figures(name, conditions) for name, conditions in card.metrics.items()]
    return "\n".join(parts)


def _head(card: Card) -> str:
    return f"""# Model card: {card.name}, version {card.version}

Written by `python -m detector card {card.name}` from `card.json`; edit neither by hand.

**{card.licence}**
{_caveats(card)}
| | |
|---|---|
| Role | {card.role} |
| Architecture | `{card.architecture}` |
| Input | the whole view squashed to {card.input.size} x {card.input.size} pixels |
| 0 means | {card.classes["0"]} |
| 1 means | {card.classes["1"]} |
| Weights | SHA-256 `{card.weights_sha256}` |
"""


def _caveats(card: Card) -> str:
    return "".join(f"\n- {caveat}" for caveat in card.caveats) + ("\n" if card.caveats else "")


def _meaning(card: Card) -> str:
    thresholds = card.thresholds
    return f"""## What a score means

The probability is that of 1, calibrated by {_fitted(card)}.
Proposed thresholds: from {thresholds.review:.2f} a person should look, from
{thresholds.label:.2f} the class is named, from {thresholds.block:.2f} it is firm. Between the first two the model
abstains. They are the probabilities that 15 %, 5 % and 1 % of the held-out real images reached, the first kept within
0.35 and 0.5, the second at least 0.5, the third at least 0.9. A low score says that nothing was found, never that an
image is authentic.
"""


_AFTER_CYCLES = """fitted on degraded images: the temperature between that of the first cycle's network on sources which
it had not seen and that of the last one on pictures like those of its training, which it had not seen either; any bias
by the latter"""


def _fitted(card: Card) -> str:
    """The calibration in words, and on what it was fitted."""
    calibration = card.calibration
    numbers = f"a temperature of {calibration.temperature}"
    if calibration.bias:
        numbers += f" and a bias of {calibration.bias}"
    if card.training.get("schedules", [])[1:]:
        return f"{numbers},\n{_AFTER_CYCLES}"
    return f"{numbers},\nfitted on degraded images that took no part in training"


def _length(facts: dict[str, Any]) -> str:
    """How long was trained: the epochs of the recipe, or the batches of each cycle of a joint training."""
    cycles = facts.get("schedules", [])
    if not cycles:
        return f"{facts.get('recipe', {}).get('epochs', '?')} epochs"
    return f"{' + '.join(str(cycle['steps']) for cycle in cycles)} batches of {cycles[0]['batch']}"


def _training(card: Card) -> str:
    facts = card.training
    recipe = facts.get("recipe", {})
    held = ", ".join(recipe.get("leave_out", [])) or "none"
    return f"""## Training

- Images: {facts.get("images", 0)}, of {", ".join(facts.get("packs", [])) or "unnamed packs"}
- Held out for calibration: {facts.get("validation_images", 0)} more; whole sources among them: {held}{_unseen(facts)}
- Run: {_length(facts)}, seed {recipe.get("seed", "?")}, {facts.get("seconds", 0) // 60} min
- Begun from: {facts.get("began_from", "not recorded")}
- Images by source: {_counts(facts.get("sources", {}))}
"""


def _unseen(facts: dict[str, Any]) -> str:
    """What a joint training's first network made of the sources that it had not seen."""
    shares = ", ".join(f"{source} {share:.0%}" for source, share in facts.get("unseen", {}).items())
    return (
        f"\n- Judged rightly after the first cycle, which saw nothing of these sources, degraded: {shares}"
        if shares
        else ""
    )


def _counts(sources: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sources.items()) or "not recorded"


def _figures(name: str, conditions: dict[str, Any]) -> str:
    rows = "\n".join(_condition_row(condition, figures) for condition, figures in conditions.items())
    first: dict[str, Any] = next(iter(conditions.values()), {})
    named = [*first.get("sources", {}).items()]
    named += [("all sources under 20 images", row) for row in first.get("small_sources", {}).values()]
    sources = "\n".join(_source_row(source, figures) for source, figures in named)
    return f"""## Measured on {name}

| condition | images | accuracy | balanced accuracy | AUC | calibration error | false alarms | abstained |
|---|---|---|---|---|---|---|---|
{rows}

In brackets: 95 % interval, and for the calibration error the 95 % band of a perfectly calibrated model with the same
probabilities. A false alarm is a real image at 0.5 or more.
{_answered(first)}
By source, as it is:

| source | class | images | judged rightly |
|---|---|---|---|
{sources}
"""


def _answered(figures: dict[str, Any]) -> str:
    """A table of the error among the surest images, and in the card's own band; nothing in cards without it."""
    rows = [(f"{row['share']:.0%}", row) for row in figures.get("error_by_share", [])]
    if figures.get("answered"):
        rows.append((f"{figures['answered']['share']:.1%}, by the thresholds above", figures["answered"]))
    if not rows:
        return ""
    body = "\n".join(f"| {text} | {row['n']} | {_share(row['error'], row['interval'])} |" for text, row in rows)
    return f"\nThe surest images alone, as it is:\n\n| answered | images | error |\n|---|---|---|\n{body}\n"


def _condition_row(condition: str, figures: dict[str, Any]) -> str:
    spans = figures["intervals"]
    named = [_share(figures[key], spans.get(key)) for key in ("accuracy", "balanced_accuracy")]
    rest = [_share(figures[key], None) for key in ("false_alarm_rate", "abstained")]
    cells = [condition, figures["n"], *named, _number(figures["auc"], spans.get("auc"))]
    cells += [_number(figures["ece"], figures.get("ece_band")), *rest]
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def _source_row(source: str, figures: dict[str, Any]) -> str:
    return f"| {source} | {figures['label']} | {figures['n']} | {_share(figures['accuracy'], figures['interval'])} |"


def _share(value: float | None, span: list[float] | None = None) -> str:
    if value is None:
        return "-"
    return f"{value:.1%}" + (f" ({span[0]:.1%} to {span[1]:.1%})" if span else "")


def _number(value: float | None, span: list[float] | None = None) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" + (f" ({span[0]:.3f} to {span[1]:.3f})" if span else "")
