"""Is it alive, is it ready: what load balancers and container engines ask."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import file_digest
from pathlib import Path
from typing import Any

import psycopg
import redis
import structlog
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.backoff import NoBackoff
from redis.retry import Retry

from assay.metrics_view import metrics
from detector import bundles
from foundation.embedded import client_url
from moderation.analysis.models import WorkerSeen
from moderation.registry import services as registry
from moderation.registry.models import ModelVersion

__all__ = ["healthz", "metrics", "readyz"]

log = structlog.get_logger(__name__)
PATIENCE = 2  # seconds that each service has to answer
WEIGHTS = "weights.safetensors"


class NotReady(Exception):
    """A part does not do its work; the message may be shown to anyone."""


@dataclass(frozen=True)
class Part:
    """One thing that Assay needs, and what was found of it."""

    name: str
    ok: bool
    detail: str


@require_safe
@never_cache
def healthz(_: HttpRequest) -> HttpResponse:
    """Say that this process answers; nothing else is asked."""
    return HttpResponse("alive\n", content_type="text/plain; charset=utf-8")


@require_safe
@never_cache
def readyz(_: HttpRequest) -> JsonResponse:
    """Say of each part whether it does its work: 200 when all do, else 503."""
    parts = examine()
    ready = all(part.ok for part in parts)
    body: dict[str, Any] = {part.name: {"ok": part.ok, "detail": part.detail} for part in parts}
    return JsonResponse({"ready": ready, "parts": body}, status=200 if ready else 503)


def examine() -> list[Part]:
    """Look at every part; what the database knows is not asked for while it does not answer."""
    found = [look("database", database), look("broker", broker)]
    asked = [("bundles", model_bundles), ("worker", worker)]
    if found[0].ok:
        return found + [look(name, check) for name, check in asked]
    return found + [Part(name, ok=False, detail="unknown while the database does not answer") for name, _ in asked]


def look(name: str, check: Callable[[], str]) -> Part:
    """Run one check; a fault nobody foresaw is logged, and shown without its message, which could hold an address."""
    try:
        return Part(name, ok=True, detail=check())
    except NotReady as fault:
        return Part(name, ok=False, detail=str(fault))
    except Exception as error:
        log.warning("part_not_ready", part=name, kind=type(error).__name__)
        return Part(name, ok=False, detail="could not be examined")


def database() -> str:
    """Open a connection of its own: a kept one could be the last that the server allows."""
    options = {**connection.get_connection_params(), "connect_timeout": PATIENCE}
    options = {name: value for name, value in options.items() if name not in {"cursor_factory", "context"}}
    try:
        with psycopg.connect(**options) as fresh:
            fresh.execute(f"SET LOCAL statement_timeout = {PATIENCE * 1000}")
            fresh.execute("SELECT 1")
    except psycopg.Error as error:
        raise NotReady("does not answer") from error
    return "answers"


def broker() -> str:
    client = redis.Redis.from_url(
        client_url(settings.REDIS_URL),
        socket_timeout=PATIENCE,
        socket_connect_timeout=PATIENCE,
        retry=Retry(NoBackoff(), 0),
    )
    try:
        client.ping()
    except (redis.RedisError, OSError) as error:
        raise NotReady("does not answer") from error
    finally:
        client.close()
    return "answers"


def model_bundles() -> str:
    """Compare each bundle in service with its registration."""
    serving = registry.in_service()
    if not serving:
        raise NotReady("no model is in service")
    faults = [f"{role}: {fault}" for role, model in serving.items() if (fault := fault_of(model))]
    if faults:
        raise NotReady("; ".join(faults))
    return ", ".join(f"{role} {model.version}" for role, model in serving.items())


def fault_of(model: ModelVersion) -> str | None:
    """Return what is wrong with the bundle of a model, or None."""
    try:
        folder = registry.folder(model)
        card = bundles.read_card(folder)
        found = (folder / WEIGHTS).stat()
        weights = digest(File(folder / WEIGHTS, found.st_mtime_ns, found.st_size))
    except (bundles.BundleError, OSError):
        return "the bundle is missing or unreadable"
    if not model.weights_sha256 == card.weights_sha256 == weights:
        return "the weights are not those that were registered"
    return None


@dataclass(frozen=True)
class File:
    """A file as it was when it was last changed, so that its digest need be taken once."""

    path: Path
    modified: int
    size: int


@lru_cache(maxsize=32)
def digest(file: File) -> str:
    """Return the SHA-256 of the file's content, in hexadecimal digits."""
    with file.path.open("rb") as content:
        return file_digest(content, "sha256").hexdigest()


def worker() -> str:
    alive = WorkerSeen.objects.filter(seen_at__gt=timezone.now() - settings.WORKER_SEEN_WITHIN).count()
    if not alive:
        raise NotReady(f"none was seen in the last {settings.WORKER_SEEN_WITHIN.total_seconds():.0f} s")
    return f"{alive} seen lately"
