"""From findings to a verdict: a pure function of the readings, the roles that ran and the policy's rules.

Bands of one probability, by the role's thresholds (review <= label <= block):
below ``review`` clear, from ``review`` abstain, from ``label`` the role's own label, from ``block`` blocked too.
Precedence of labels: ai_generated over edited over uncertain over real. The action is the severest that any role
asks for.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from moderation.verdicts import words
from moderation.verdicts.models import Action, HumanLabel, KnownRule, Label
from moderation.verdicts.readings import Known, Reading


class Band(IntEnum):
    CLEAR = 0
    ABSTAIN = 1
    LABEL = 2
    BLOCK = 3


@dataclass(frozen=True)
class Thresholds:
    """Calibrated probabilities from which a role abstains, labels and blocks; ``block`` None never blocks."""

    review: float
    label: float
    block: float | None = None

    def band(self, probability: float) -> Band:
        if self.block is not None and probability >= self.block:
            return Band.BLOCK
        if probability >= self.label:
            return Band.LABEL
        return Band.ABSTAIN if probability >= self.review else Band.CLEAR


FALLBACK = Thresholds(review=0.35, label=0.8)


@dataclass(frozen=True)
class Rules:
    """What a policy version says."""

    thresholds: Mapping[str, Thresholds]
    required_roles: Sequence[str]
    actions: Mapping[str, str]
    believe_signed_ai: bool = False
    known_images: str = KnownRule.OFF

    def of(self, role: str) -> Thresholds:
        return self.thresholds.get(role, FALLBACK)


@dataclass(frozen=True)
class Evidence:
    """What speaks for a label besides the models, where the rules believe it: the least action, and why."""

    label: Label
    action: Action
    reason: dict[str, str]


@dataclass(frozen=True)
class Judgement:
    """The verdict: label, action, confidence (0..1, None when nothing spoke) and reasons, the deciding one first."""

    label: Label
    action: Action
    confidence: float | None
    reasons: list[dict[str, str]]


SEVERITY = [Action.ALLOW, Action.LABEL, Action.REVIEW, Action.BLOCK]
ACTION_OF = {Band.CLEAR: Action.ALLOW, Band.ABSTAIN: Action.REVIEW, Band.LABEL: Action.LABEL, Band.BLOCK: Action.BLOCK}
PRECEDENCE = [Label.AI_GENERATED, Label.EDITED, Label.UNCERTAIN, Label.REAL]


def positive_label(role: str) -> Label:
    """Return what a role finds when it finds something: ``edited`` finds edits, every other one AI."""
    return Label.EDITED if role == "edited" else Label.AI_GENERATED


def label_of(role: str, probability: float, rules: Rules) -> Label:
    """Return the label of one finding under the rules."""
    band = rules.of(role).band(probability)
    if band is Band.CLEAR:
        return Label.REAL
    return Label.UNCERTAIN if band is Band.ABSTAIN else positive_label(role)


def judge(
    readings: Iterable[Reading],
    roles_run: Iterable[str],
    rules: Rules,
    signed_ai: str | None = None,
    known: Sequence[Known] = (),
) -> Judgement:
    """Apply the rules to what the models said.

    Args:
        readings: one per model that spoke, or per face.
        roles_run: the roles that ran, also those with nothing to say (no face found).
        rules: the policy version's.
        signed_ai: what a trusted signer's manifest says where it says AI-generated; counts if the rules believe it.
        known: the client's known pictures that this one is alike, the exact ones first; count if the rules go by them.
    """
    spoken = sorted(readings, key=lambda reading: -reading.probability)
    same = next((one for one in known if one.kind == "exact"), None)
    if same and rules.known_images != KnownRule.OFF:
        return _settled(same, spoken, rules)
    missing = [role for role in rules.required_roles if role not in set(roles_run)]
    believed = _believed(signed_ai, known, rules)
    labels = {label_of(reading.role, reading.probability, rules) for reading in spoken}
    labels |= {one.label for one in believed} | ({Label.UNCERTAIN} if missing else set())
    label = next((label for label in PRECEDENCE if label in labels), Label.REAL)
    return Judgement(
        label,
        _action(spoken, missing, believed, rules),
        _confidence(label, spoken, rules),
        _reasons(label, spoken, missing, believed, rules),
    )


def _settled(known: Known, spoken: Sequence[Reading], rules: Rules) -> Judgement:
    """Judge a file that is known: what it is known as stands, whatever the models say of it."""
    label, action = human_verdict(known.label, rules.actions)
    notable = [reading for reading in spoken if rules.of(reading.role).band(reading.probability) is not Band.CLEAR]
    reasons = [words.known_exact(known.label), *(_reason(reading, rules) for reading in notable)]
    return Judgement(label, action, None, reasons)


def _believed(signed_ai: str | None, known: Sequence[Known], rules: Rules) -> list[Evidence]:
    """Return what the rules believe. A near copy of something real clears nothing: an edit of it is one, too."""
    found = []
    if signed_ai and rules.believe_signed_ai:
        found.append(Evidence(Label.AI_GENERATED, Action.LABEL, words.signed_ai(signed_ai)))
    alike = [one for one in known if one.kind == "near" and one.label != HumanLabel.REAL]
    if alike and rules.known_images == KnownRule.NEAR:
        label, action = human_verdict(alike[0].label, rules.actions)
        found.append(Evidence(label, action, words.known_near(alike[0].label, alike[0].distance)))
    return found


def _action(spoken: Sequence[Reading], missing: Sequence[str], believed: Sequence[Evidence], rules: Rules) -> Action:
    asked = {ACTION_OF[rules.of(reading.role).band(reading.probability)] for reading in spoken}
    asked |= {one.action for one in believed} | ({Action.REVIEW} if missing else set())
    return max(asked, key=SEVERITY.index, default=Action.ALLOW)


def _confidence(label: Label, spoken: Sequence[Reading], rules: Rules) -> float | None:
    if not spoken:
        return None
    if label is Label.REAL:
        return 1 - spoken[0].probability
    deciding = _speakers(label, spoken, rules)
    if label is not Label.UNCERTAIN:
        return deciding[0].probability if deciding else None
    likelier = (deciding or spoken)[0].probability
    return max(likelier, 1 - likelier)


def _speakers(label: Label, spoken: Sequence[Reading], rules: Rules) -> list[Reading]:
    return [reading for reading in spoken if label_of(reading.role, reading.probability, rules) is label]


def _reasons(
    label: Label, spoken: Sequence[Reading], missing: Sequence[str], believed: Sequence[Evidence], rules: Rules
) -> list[dict[str, str]]:
    deciding = [] if label is Label.REAL else _speakers(label, spoken, rules)
    others = [reading for reading in spoken if reading not in deciding]
    notable = [reading for reading in others if rules.of(reading.role).band(reading.probability) is not Band.CLEAR]
    reasons = [one.reason for one in believed]
    reasons += [_reason(reading, rules) for reading in deciding]
    reasons += [words.not_run(role) for role in missing]
    reasons += [_reason(reading, rules) for reading in notable]
    return reasons or [words.all_clear(sorted({reading.role for reading in spoken}))]


def _reason(reading: Reading, rules: Rules) -> dict[str, str]:
    limits = rules.of(reading.role)
    band = limits.band(reading.probability)
    limit = {Band.BLOCK: limits.block, Band.LABEL: limits.label}.get(band, limits.review)
    return words.reading(reading, band.name.lower(), limit or 0.0, limits.label)


def human_verdict(decided: str, actions: Mapping[str, str]) -> tuple[Label, Action]:
    """Return the label and action of a person's decision: ``cannot_tell`` is an uncertain verdict."""
    label = Label.UNCERTAIN if decided == HumanLabel.CANNOT_TELL else Label(decided)
    return label, Action(actions[decided])


def rules_from(version: Any) -> Rules:
    """Read the rules of a policy version (anything with ``thresholds``, ``required_roles`` and ``actions``)."""
    thresholds = {role: Thresholds(**limits) for role, limits in version.thresholds.items()}
    return Rules(
        thresholds,
        list(version.required_roles),
        dict(version.actions),
        believe_signed_ai=version.believe_signed_ai,
        known_images=version.known_images,
    )
