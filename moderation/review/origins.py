"""What a picture's file says of its own origin, as pages show it: with its trust level in words."""

from dataclasses import dataclass, field
from typing import Any

from moderation.intake.models import Submission
from moderation.verdicts.provenance import Told

TITLES = {
    "c2pa": "C2PA manifest",
    "iptc": "IPTC metadata",
    "exif": "Camera data (EXIF)",
    "generator_text": "Text of a generator",
    "software": "Software tag",
}
CHIPS = {"signed": "Signed", "signed_untrusted": "Signed, not trusted", "forgeable": "Forgeable"}
TRUST = {
    "signed": "Signed by somebody on this site's trust list, and unchanged since.",
    "signed_untrusted": "Anyone can make such a signature: the signer is not on this site's trust list.",
    "forgeable": "Anyone can write, change or remove this.",
}
UNTRUSTED = {
    "expired": "The certificate has expired, and nothing shows that the signature is older.",
    "of_parent": "Whoever signs a picture does not vouch for the one that it was made from.",
}
STATES = {
    "trusted": "holds, signer on the trust list",
    "valid": "holds, signer not on the trust list",
    "expired": "holds, certificate expired",
    "invalid": "does not hold",
}
TERMS = {
    "validation_state": "Signature",
    "claim_generator": "Made with",
    "signer": "Signed as",
    "signed_at": "Signed at",
    "lens": "Lens",
    "taken": "Taken at",
    "text": "Text",
    "manifest_at": "Address",
}


@dataclass(frozen=True)
class OriginView:
    """One finding; ``facts`` are pairs of a term and its value."""

    title: str
    chip: str
    trust: str
    summary: str
    facts: list[tuple[str, str]]


@dataclass(frozen=True)
class Origins:
    """All that a file says of its origin, and whether that was examined at all."""

    examined: bool = False
    found: list[OriginView] = field(default_factory=list)


def origins_of(submission: Submission) -> Origins:
    row = getattr(submission, "provenance", None)
    return Origins(True, [_view(told) for told in row.findings]) if row else Origins()


def _view(told: Told) -> OriginView:
    trust = told["trust"]
    state = "of_parent" if told["details"].get("of_parent") else told["details"].get("validation_state")
    return OriginView(
        title=TITLES.get(told["kind"], told["kind"]),
        chip="Unreadable" if told["details"].get("unreadable") else CHIPS.get(trust, trust),
        trust=UNTRUSTED.get(str(state), TRUST[trust]) if trust == "signed_untrusted" else TRUST.get(trust, ""),
        summary=told["summary"],
        facts=_facts(told["details"]),
    )


def _facts(details: dict[str, Any]) -> list[tuple[str, str]]:
    shown = {name: details[name] for name in TERMS if details.get(name)}
    return [(TERMS[name], STATES.get(value, value)) for name, value in shown.items()]
