"""The verdict document (HTTP.md): one schema in the API, in webhooks, in exports and behind the pages."""

import json
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db.models import F, Prefetch, QuerySet

from foundation import links
from foundation.times import rfc3339
from moderation.intake.models import StoredImage, Submission
from moderation.matching.models import Match
from moderation.verdicts.models import Finding, Verdict

SCHEMA_VERSION = 1
LARGEST_TOLD = 20_000
STANDING, FOUND = "standing_verdicts", "shown_findings"
Link = Callable[[str], str]


def signed(submission: Submission, base: str) -> dict[str, Any]:
    """Return the document with absolute links that expire: of pictures, and of the page on which its author appeals.

    ``base`` is the site's address.
    """
    body = render(submission, lambda path: base + links.sign(path, settings.LINK_LIFETIME), base)
    if body["verdict"]:
        body["links"]["appeal"] = base + links.sign(f"/appeals/{submission.pk}", settings.APPEAL_LIFETIME)
    return body


def frozen(submission: Submission) -> dict[str, Any]:
    """Return the document as events keep it: API paths, which need a key, in place of signed links.

    Over 20 kB it has no findings, and says ``truncated``.
    """
    body = render(submission, lambda path: path, settings.SITE_ADDRESS)
    if len(json.dumps(body, ensure_ascii=False).encode()) <= LARGEST_TOLD:
        return body
    return {name: value for name, value in body.items() if name != "findings"} | {"truncated": True}


def complete(rows: QuerySet[Submission]) -> QuerySet[Submission]:
    """Have each row bring what its document shows, in three further queries for all of them."""
    standing = Prefetch("verdicts", _standing_verdicts(), to_attr=STANDING)
    return rows.select_related("provenance").prefetch_related(
        standing, Prefetch("findings", _findings(), to_attr=FOUND), "matches"
    )


def unjudged(submission: Submission) -> Submission:
    """Spare a submission that was made this moment the look for what it cannot have yet."""
    for name in (STANDING, FOUND):
        setattr(submission, name, [])
    vars(submission)["_prefetched_objects_cache"] = {"matches": Match.objects.none()}
    submission._state.fields_cache["provenance"] = None
    return submission


def _standing_verdicts() -> QuerySet[Verdict]:
    return Verdict.objects.filter(is_current=True).select_related("policy_version__policy")


def _findings() -> QuerySet[Finding]:
    """Of a model's card, which is long, only the caveats are fetched."""
    rows = Finding.objects.select_related("model").defer("model__card")
    return rows.annotate(caveats=F("model__card__caveats"))


def render(submission: Submission, link: Link, base: str) -> dict[str, Any]:
    standing = getattr(submission, STANDING, None)
    found = getattr(submission, FOUND, None)
    verdict = next(iter(_standing_verdicts().filter(submission=submission) if standing is None else standing), None)
    findings = _findings().filter(submission=submission) if found is None else found
    provenance = getattr(submission, "provenance", None)
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
        "provenance": provenance.findings if provenance else [],
        "matches": [_match(match) for match in submission.matches.all()],
        "failure": _failure(submission.failure, base),
        "links": {
            "self": f"{base}{path_of(submission)}",
            "page": f"{base}/results/{submission.pk}",
            "appeal": None,
        },
    }


def standing_verdict(submission: Submission) -> dict[str, Any] | None:
    """Return the document's ``verdict`` alone, for what tells of something else."""
    return _verdict(_standing_verdicts().filter(submission=submission).first())


def path_of(submission: Submission) -> str:
    return f"/api/v1/submissions/{submission.pk}"


def _image(image: StoredImage | None) -> dict[str, Any] | None:
    if image is None:
        return None
    return {name: getattr(image, name) for name in ("sha256", "media_type", "bytes", "width", "height")}


def _failure(problem: dict[str, Any] | None, base: str) -> dict[str, Any] | None:
    """Return the problem with its ``type`` made absolute: it was written before anybody asked for it."""
    return {**problem, "type": f"{base}/problems/{problem['code']}"} if problem else None


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
        "caveats": getattr(finding, "caveats", None) or [],
    }


def _match(match: Match) -> dict[str, Any]:
    return {
        "kind": match.kind,
        "submission": match.other_id,
        "known_image": match.known_id,
        "label": match.label,
        "distance": match.distance,
    }
