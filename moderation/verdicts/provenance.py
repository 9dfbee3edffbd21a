"""What a file says of its own origin, as far as verdicts are concerned with it."""

from dataclasses import dataclass, field
from typing import Any, TypedDict


class Told(TypedDict):
    """One thing that a file says of its origin (HTTP.md, "provenance")."""

    kind: str
    trust: str
    suggests: str
    summary: str
    details: dict[str, Any]


@dataclass(frozen=True)
class Examined:
    """All of it, and the digest of the C2PA trust list by which signers were believed."""

    findings: list[Told] = field(default_factory=list)
    trust_list: str = ""

    def signed_ai(self) -> str | None:
        """Return what the first trusted manifest that says AI-generated says. Forgeable evidence is never asked."""
        signed = (told for told in self.findings if told["trust"] == "signed" and told["suggests"] == "ai_generated")
        return next((told["summary"] for told in signed), None)
