"""The words of verdicts and reasons. A verdict never says more than the evidence."""

from django.utils.translation import gettext_noop as _

from moderation.verdicts.readings import Reading

HEADLINES = {
    "real": _("No sign of AI or editing"),
    "ai_generated": _("Probably AI-generated"),
    "edited": _("Probably edited"),
    "uncertain": _("Uncertain"),
}
FOUND = {"edited": "editing"}
KNOWN_AS = {"real": "real", "ai_generated": "AI-generated", "edited": "edited"}
VERBS = {"block": "blocks from", "label": "names it from"}


def percent(probability: float) -> str:
    """Return a share in whole per cent that never claims certainty."""
    return f"{min(99, max(1, round(probability * 100)))} %"


def speaker(reading: Reading) -> str:
    of_face = f", face {reading.face} of {reading.faces}," if reading.faces > 1 else ""
    return f"The {reading.role} model{of_face}"


def reading(given: Reading, band: str, limit: float, label_from: float) -> dict[str, str]:
    """Say what one model put on its own class and what the policy makes of it."""
    claim = f"{speaker(given)} puts {percent(given.probability)} on {FOUND.get(given.role, 'AI-generated')}"
    if band == "abstain":
        text = f"{claim}; between {percent(limit)} and {percent(label_from)} this policy does not answer."
        return {"code": f"{given.role}_uncertain", "text": text}
    return {"code": f"{given.role}_above_{band}", "text": f"{claim}; this policy {VERBS[band]} {percent(limit)}."}


def signed_ai(summary: str) -> dict[str, str]:
    return {"code": "signed_ai_manifest", "text": f"{summary} This policy believes signers on the trust list."}


def known_exact(label: str) -> dict[str, str]:
    text = f"This very file is known here as {KNOWN_AS[label]}, and this policy goes by that."
    return {"code": "known_image_exact", "text": text}


def known_near(label: str, distance: int) -> dict[str, str]:
    text = f"The picture is a near copy of one that is known here as {KNOWN_AS[label]}"
    return {
        "code": "known_image_near",
        "text": f"{text} ({distance} of 256 bits differ), and this policy goes by that.",
    }


def not_run(role: str) -> dict[str, str]:
    text = f"The {role} model did not run, and this policy answers “no sign” only when it has."
    return {"code": f"{role}_not_run", "text": text}


def all_clear(roles: list[str]) -> dict[str, str]:
    who = " and ".join(filter(None, [", ".join(roles[:-1]), *roles[-1:]]))
    plural = "models" if len(roles) > 1 else "model"
    stayed = f"The {who} {plural} stayed below the level at which this policy asks a person."
    if not roles:
        stayed = "No model had anything to say of the picture, and this policy requires none to have."
    return {"code": "all_below_review", "text": f"{stayed} That is no proof that the picture is authentic."}


def decided(label: str) -> dict[str, str]:
    return {
        "code": "decided_by_person",
        "text": f"A moderator looked at the picture and decided: {KNOWN_AS.get(label, 'cannot tell')}.",
    }


def undone() -> dict[str, str]:
    return {"code": "decision_undone", "text": "A moderator's decision was undone; the verdict before it stands again."}
