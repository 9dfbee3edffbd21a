"""What a picture's file says of its own origin, as pages show it: with its trust level in words."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from moderation.intake.models import Submission
from moderation.verdicts.provenance import Told
from moderation.verdicts.retelling import retell

TITLES = {
    "c2pa": _("C2PA manifest"),
    "iptc": _("IPTC metadata"),
    "exif": _("Camera data (EXIF)"),
    "generator_text": _("Text of a generator"),
    "software": _("Software tag"),
}
CHIPS = {
    "signed": _("Signed"),
    "signed_untrusted": _("Signed, not trusted"),
    "forgeable": _("Forgeable"),
}
TRUST = {
    "signed": _("Signed by somebody on this site's trust list, and unchanged since."),
    "signed_untrusted": _("Anyone can make such a signature: the signer is not on this site's trust list."),
    "forgeable": _("Anyone can write, change or remove this."),
}
UNTRUSTED = {
    "expired": _("The certificate has expired, and nothing shows that the signature is older."),
    "of_parent": _("Whoever signs a picture does not vouch for the one that it was made from."),
}
STATES = {
    "trusted": _("holds, signer on the trust list"),
    "valid": _("holds, signer not on the trust list"),
    "expired": _("holds, certificate expired"),
    "invalid": _("does not hold"),
}
TERMS = {
    "validation_state": _("Signature"),
    "claim_generator": _("Made with"),
    "signer": _("Signed as"),
    "signed_at": _("Signed at"),
    "lens": _("Lens"),
    "taken": _("Taken at"),
    "text": _("Text"),
    "manifest_at": _("Address"),
}
UNREADABLE = _("Unreadable")


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
    kind, details = told["kind"], told["details"]
    title, chip, trust = TITLES.get(kind, kind), _chip(told), _trust(told)
    return OriginView(gettext(title), gettext(chip), gettext(trust), retell(told["summary"]), _facts(details))


def _chip(told: Told) -> str:
    return UNREADABLE if told["details"].get("unreadable") else CHIPS.get(told["trust"], told["trust"])


def _trust(told: Told) -> str:
    trust, details = told["trust"], told["details"]
    state = "of_parent" if details.get("of_parent") else details.get("validation_state")
    return UNTRUSTED.get(str(state), TRUST[trust]) if trust == "signed_untrusted" else TRUST.get(trust, "")


def _facts(details: dict[str, Any]) -> list[tuple[str, str]]:
    shown = {name: details[name] for name in TERMS if details.get(name)}
    return [(gettext(TERMS[name]), _value(value)) for name, value in shown.items()]


def _value(value: str) -> str:
    return gettext(STATES[value]) if value in STATES else value
