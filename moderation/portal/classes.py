"""What the models together put on each class, in the form that a visitor reads first."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from moderation.intake.models import Submission
from moderation.verdicts.models import Finding

NAMES: dict[str, str | Promise] = {
    "ai_generated": _("AI-generated"),
    "edited": _("Edited"),
    "real": _("Neither"),
}


@dataclass(frozen=True)
class ClassView:
    """A class with its probability and the zone, from ``review`` to ``label``, in which it is not named."""

    label: str
    name: str | Promise
    probability: float
    thresholds: dict[str, float]


def classes_of(submission: Submission) -> list[ClassView]:
    """Return a class for each kind of sign that was looked for, and "neither"; nothing where no model spoke.

    A class has the highest probability that any of its models gave, "neither" what the highest of all leaves. The
    models are calibrated each by itself, so that the values need not add up to 1.
    """
    found = list(Finding.objects.filter(submission=submission).only("role", "probability", "thresholds"))
    groups = {
        "ai_generated": [one for one in found if one.role != "edited"],
        "edited": [one for one in found if one.role == "edited"],
    }
    named = [_highest(label, group) for label, group in groups.items() if group]
    return [*named, _neither(found)] if found else []


def _highest(label: str, findings: Sequence[Finding]) -> ClassView:
    top = max(findings, key=lambda one: one.probability)
    limits = {name: float(top.thresholds[name]) for name in ("review", "label")}
    return ClassView(label, NAMES[label], top.probability, limits)


def _neither(findings: Sequence[Finding]) -> ClassView:
    top = _highest("ai_generated", findings)
    limits = {"review": 1 - top.thresholds["label"], "label": 1 - top.thresholds["review"]}
    return ClassView("real", NAMES["real"], 1 - top.probability, limits)
