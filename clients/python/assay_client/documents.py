"""What the API answers. Later versions may add fields, and values where ``str`` stands: pass over what is unknown."""

from typing import Any, TypedDict


class Image(TypedDict):
    sha256: str
    media_type: str
    bytes: int
    width: int
    height: int


class PolicyName(TypedDict):
    name: str
    version: int


class Reason(TypedDict):
    code: str
    text: str


class Verdict(TypedDict):
    label: str
    """``real``, ``ai_generated``, ``edited`` or ``uncertain``."""
    action: str
    """``allow``, ``label``, ``review`` or ``block``."""
    confidence: float | None
    decided_by: str
    revision: int
    """Rises with each change: keep the highest."""
    decided_at: str
    policy: PolicyName
    reasons: list[Reason]


class StandingDecision(TypedDict):
    id: str
    label: str
    reason_code: str | None
    decided_at: str


class Finding(TypedDict):
    id: str
    role: str
    model: dict[str, str]
    label: str
    probability: float
    """Calibrated probability of not being real, 0 to 1."""
    score: float
    thresholds: dict[str, float | None]
    box: list[int] | None
    heatmap_url: str | None
    overlay_url: str | None
    caveats: list[str]


class Provenance(TypedDict):
    kind: str
    trust: str
    summary: str
    details: dict[str, Any]


class Match(TypedDict):
    kind: str
    submission: str | None
    label: str
    distance: int


class ProblemDocument(TypedDict, total=False):
    """RFC 9457, with ``code`` and ``errors``."""

    type: str
    code: str
    title: str
    status: int
    detail: str
    instance: str | None
    errors: list[dict[str, str]]


class Document(TypedDict):
    """A submission and what is held of it."""

    schema_version: int
    id: str
    external_id: str | None
    author_id: str | None
    metadata: dict[str, Any]
    state: str
    """``queued``, ``analysing``, ``analysed`` or ``failed``."""
    created_at: str
    analysed_at: str | None
    image: Image | None
    verdict: Verdict | None
    decision: StandingDecision | None
    findings: list[Finding]
    provenance: list[Provenance]
    matches: list[Match]
    failure: ProblemDocument | None
    links: dict[str, str]


class BatchResult(TypedDict, total=False):
    """``submission`` where the item was accepted, ``problem`` where not."""

    index: int
    status: int
    submission: Document
    problem: ProblemDocument


class Decision(TypedDict):
    id: str
    submission: str
    label: str
    reason_code: str | None
    note: str
    by: str
    revision: int
    decided_at: str
    undone_at: str | None


class Report(TypedDict):
    id: str
    submission: str
    external_id: str | None
    expected: str
    note: str
    revision: int
    state: str
    outcome: str | None
    decision: Decision | None
    created_at: str


class Appeal(TypedDict):
    id: str
    submission: str
    external_id: str | None
    statement: str
    revision: int
    state: str
    outcome: str | None
    decision: Decision | None
    opened_at: str
    decided_at: str | None
    links: dict[str, str]


class Receipt(TypedDict):
    """What is left of an erased submission."""

    id: str
    erased: list[str]
    models_trained_on_it: list[str]
    erased_at: str


class AuthorErasure(TypedDict):
    author_id: str
    submissions: int
    links: dict[str, str]
