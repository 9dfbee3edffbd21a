"""The verdict document (HTTP.md): one schema in the API, in webhooks, in exports and behind the pages."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from foundation import links
from moderation.intake.models import StoredImage, Submission
from moderation.verdicts.models import Finding, Verdict

SCHEMA_VERSION = 1
Link = Callable[[str], str]


def signed(submission: Submission, base: str) -> dict[str, Any]:
    """Return the document with absolute picture links that expire; ``base`` is the site's address."""
    return render(submission, lambda path: base + links.sign(path, settings.LINK_LIFETIME), base)


def frozen(submission: Submission) -> dict[str, Any]:
    """Return the document as events keep it: API paths, which need a key, in place of signed links."""
    return render(submission, lambda path: path, settings.SITE_ADDRESS)


def render(submission: Submission, link: Link, base: str) -> dict[str, Any]:
    verdict = (
        Verdict.objects.filter(submission=submission, is_current=True).select_related("policy_version__policy").first()
    )
    findings = Finding.objects.filter(submission=submission).select_related("model")
    return {
        "schema_version": SCHEMA_VERSION,
        "id": submission.pk,
        "external_id": submission.external_id,
        "author_id": submission.author_id,
        "metadata": submission.metadata,
        "state": submission.state,
        "created_at": rfc3339(submission.created_at),
        "analysed_at": rfc3339(submission.analysed_at),
        "image": _image(submission.image),
        "verdict": _verdict(verdict),
        "decision": verdict.decision if verdict else None,
        "findings": [_finding(finding, link) for finding in findings],
        "provenance": [],
        "matches": [],
        "failure": submission.failure,
        "links": {"self": f"{base}{path_of(submission)}", "page": f"{base}/results/{submission.pk}"},
    }


def path_of(submission: Submission) -> str:
    return f"/api/v1/submissions/{submission.pk}"


def rfc3339(at: datetime | None) -> str | None:
    """Return the time in UTC, to the microsecond, ending in ``Z``."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") if at else None


def _image(image: StoredImage) -> dict[str, Any]:
    return {name: getattr(image, name) for name in ("sha256", "media_type", "bytes", "width", "height")}


def _verdict(verdict: Verdict | None) -> dict[str, Any] | None:
    if verdict is None:
        return None
    return {
        "label": verdict.label,
        "action": verdict.action,
        "confidence": verdict.confidence,
        "decided_by": verdict.decided_by,
        "revision": verdict.revision,
        "decided_at": rfc3339(verdict.decided_at),
        "policy": {"name": verdict.policy_version.policy.name, "version": verdict.policy_version.number},
        "reasons": verdict.reasons,
    }


def _finding(finding: Finding, link: Link) -> dict[str, Any]:
    pictures = f"/api/v1/submissions/{finding.submission_id}"
    shown = finding.has_heatmap
    return {
        "id": finding.pk,
        "role": finding.role,
        "model": {"name": finding.model.name, "version": finding.model.version},
        "label": finding.label,
        "probability": finding.probability,
        "score": finding.score,
        "thresholds": finding.thresholds,
        "box": finding.box,
        "heatmap_url": link(f"{pictures}/heatmaps/{finding.pk}.png") if shown else None,
        "overlay_url": link(f"{pictures}/overlays/{finding.pk}.png") if shown else None,
        "caveats": finding.model.card.get("caveats", []),
    }
