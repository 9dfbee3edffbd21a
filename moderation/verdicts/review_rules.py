"""What a policy says of when people look, besides the verdicts whose action is theirs: the ``review`` of its rules."""

from collections.abc import Mapping
from typing import Any

MOST_BANDS = 20
NAMES = ("bands", "disagreement", "audit_share")
DEFAULT: dict[str, Any] = {"bands": [], "disagreement": None, "audit_share": 0.0}


def complete(given: Any) -> Any:
    """Return the rules with what was left out as it is by default; what is no object stays as it is."""
    return {**DEFAULT, **given} if isinstance(given, Mapping) else given


def faults(given: Any, role_pattern: Any) -> list[dict[str, str]]:
    """Return what is wrong with the rules, each fault with its JSON pointer; ``role_pattern`` is a role's."""
    if not isinstance(given, Mapping):
        return [{"pointer": "#/review", "detail": "Must be an object."}]
    unknown = [name for name in given if name not in NAMES]
    if unknown:
        return [{"pointer": f"#/review/{unknown[0]}", "detail": f"Must be one of {', '.join(NAMES)}."}]
    found = _band_faults(given.get("bands", []), role_pattern)
    if given.get("disagreement") is not None and not _is_share(given["disagreement"]):
        found.append({"pointer": "#/review/disagreement", "detail": "Must be a number from 0 to 1, or null (never)."})
    if not _is_share(given.get("audit_share", 0)):
        found.append({"pointer": "#/review/audit_share", "detail": "Must be a number from 0 to 1."})
    return found


def _band_faults(bands: Any, role_pattern: Any) -> list[dict[str, str]]:
    if not isinstance(bands, list) or len(bands) > MOST_BANDS:
        return [{"pointer": "#/review/bands", "detail": f"Must be a list of at most {MOST_BANDS} bands."}]
    return [
        {"pointer": f"#/review/bands/{number}", "detail": "Must have exactly role, from and to, 0 <= from <= to <= 1."}
        for number, band in enumerate(bands)
        if not _is_band(band, role_pattern)
    ]


def _is_band(band: Any, role_pattern: Any) -> bool:
    if not isinstance(band, Mapping) or set(band) != {"role", "from", "to"}:
        return False
    if not _is_share(band["from"]) or not _is_share(band["to"]) or band["from"] > band["to"]:
        return False
    return isinstance(band["role"], str) and bool(role_pattern.fullmatch(band["role"]))


def _is_share(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1
