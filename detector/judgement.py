"""One label out of a bundle's probability, and one out of several, by the thresholds that the cards propose.

The platform judges by its clients' policies; this is what the command line says without any.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from detector.bundles import Card, Thresholds
from detector.results import Observation

REAL, UNCERTAIN, EDITED, AI_GENERATED = "real", "uncertain", "edited", "ai_generated"
_PRECEDENCE = (AI_GENERATED, EDITED, UNCERTAIN, REAL)


@dataclass(frozen=True)
class Judgement:
    """`label`, the highest `probability` of not real behind it, and the `confidence` that the label is right, 0..1."""

    label: str
    probability: float
    confidence: float


def label_of(role: str, probability: float, thresholds: Thresholds) -> str:
    """ "ai_generated" or "edited" from the label threshold, "uncertain" from the review threshold, else "real"."""
    if probability >= thresholds.label:
        return EDITED if role == EDITED else AI_GENERATED
    return UNCERTAIN if probability >= thresholds.review else REAL


def judge(observations: Sequence[Observation], cards: dict[str, Card]) -> Judgement:
    """AI-generated goes before edited, that before uncertain, and real needs every observation below review."""
    labelled = [(label_of(o.role, o.probability, cards[o.role].thresholds), o.probability) for o in observations]
    label = min((label for label, _ in labelled), key=_PRECEDENCE.index, default=REAL)
    probability = max((p for one, p in labelled if one == label), default=0.0)
    confidence = probability if label in {AI_GENERATED, EDITED} else max(probability, 1 - probability)
    return Judgement(label, probability, 1 - probability if label == REAL else confidence)
