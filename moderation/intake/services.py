"""Take images in."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction

from detector import images
from foundation import http, metrics
from foundation.broker import nudge
from foundation.problems import Problem
from moderation.clients.models import Client
from moderation.intake import files, limits
from moderation.intake.models import Priority, Purpose, Source, Submission, Work

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Particulars:
    """What a client says about an image that it submits."""

    source: Source
    file_name: str = ""
    external_id: str | None = None
    author_id: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    priority: Priority = Priority.NORMAL


def submit(client: Client, data: bytes, particulars: Particulars) -> Submission:
    """Verify, store and queue an image.

    Args:
        client: whose image it is.
        data: the file's bytes, as they came.
        particulars: what the client says about it.

    Returns:
        The submission, ``queued``, with its first Work.

    Raises:
        Problem: the bytes are refused (the slugs of HTTP.md); nothing is stored.
    """
    started = time.perf_counter()
    facts = verify(data)
    verified = time.perf_counter() - started
    with transaction.atomic():
        image = files.keep(client, data, facts)
        submission = Submission.objects.create(client=client, image=image, **_columns(particulars))
        Work.objects.create(submission=submission, priority=particulars.priority)
        transaction.on_commit(nudge_analysis)
    metrics.SUBMISSIONS.labels(particulars.source).inc()
    log.info(
        "submission_accepted",
        submission=submission.pk,
        client=client.pk,
        sha256=facts.sha256,
        verified_in=round(verified, 4),
    )
    return submission


def submit_url(client: Client, url: str, particulars: Particulars) -> Submission:
    """Queue an image that a worker is to fetch from ``url``; its name is not looked up here.

    Returns:
        The submission, ``queued`` and without an image, with the Work of fetching it.

    Raises:
        Problem: ``url-forbidden`` for an address that can be refused as it is written; nothing is stored.
    """
    try:
        http.check(url, http.Guard.allowing(settings.ALLOWED_PRIVATE_NETWORKS))
    except http.Forbidden as refusal:
        metrics.REFUSALS.labels("url-forbidden").inc()
        fault = {"pointer": "#/url", "detail": str(refusal)}
        raise Problem("url-forbidden", str(refusal), errors=[fault]) from refusal
    with transaction.atomic():
        submission = Submission.objects.create(client=client, url=url, **_columns(particulars))
        Work.objects.create(submission=submission, purpose=Purpose.FETCH, priority=particulars.priority)
        transaction.on_commit(nudge_fetching)
    metrics.SUBMISSIONS.labels(particulars.source).inc()
    log.info("submission_accepted", submission=submission.pk, client=client.pk, by="url")
    return submission


def verify(data: bytes) -> images.ImageFacts:
    """Decode ``data`` in full under the limits and return what it is.

    Raises:
        Problem: it is refused.
    """
    try:
        return images.read(data, limits.current()).facts
    except images.ImageRefused as refusal:
        metrics.REFUSALS.labels(refusal.code).inc()
        log.info("submission_refused", code=refusal.code, bytes=len(data))
        raise Problem(refusal.code, refusal.detail) from refusal


def nudge_analysis() -> None:
    nudge("analysis.analyse", queue_name="analysis")


def nudge_fetching() -> None:
    nudge("intake.fetch", queue_name="default")


def _columns(particulars: Particulars) -> dict[str, Any]:
    return {
        "source": particulars.source,
        "file_name": particulars.file_name[:200],
        "external_id": particulars.external_id,
        "author_id": particulars.author_id,
        "metadata": dict(particulars.metadata),
        "priority": particulars.priority,
    }
