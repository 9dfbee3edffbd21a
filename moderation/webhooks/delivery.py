"""Deliver what is due: claim, send in threads, write down what came of it."""

import threading
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from foundation import http, metrics
from moderation.webhooks import claims, health, schedule, services
from moderation.webhooks.models import Attempt, Delivery, Endpoint, State
from moderation.webhooks.sending import Message, Outcome, send

log = structlog.get_logger(__name__)
SENDERS = 64
DOUBTFUL = SENDERS // 4  # what endpoints in doubt may hold of them
PAUSE = 0.25
TURN = 20.0
Running = dict[Future[Outcome], Delivery]
_turn = threading.Lock()
_asked = threading.Event()


def sweep() -> int:
    """Free the deliveries whose worker stopped, and wake workers while any is due; return how many were freed."""
    freed = sum(_release(delivery.pk) for delivery in claims.expired()[:200])
    if claims.claimable(timezone.now()).exists():
        services.wake()
    return freed


@transaction.atomic
def _release(pk: str) -> bool:
    """Note that a worker stopped in the middle, and make the delivery due again, or failed after the last attempt."""
    lost = claims.expired().select_for_update(skip_locked=True, of=("self",)).select_related("event")
    delivery = lost.filter(pk=pk).first()
    if delivery is None:
        return False
    started_at = (delivery.leased_until or timezone.now()) - claims.lease()
    outcome = Outcome(started_at, 0, error="The worker stopped before the answer was noted.")
    _note(delivery, outcome)
    log.warning("webhook_lease_expired", **_facts(delivery, outcome))
    if delivery.round > len(schedule.RETRIES) or not _still_enabled(delivery):
        return claims.close(delivery, State.FAILED)
    return claims.postpone(delivery, timezone.now())


def deliver_due(client: http.Client | None = None) -> int:
    """Deliver what is due, many at a time, and what falls due meanwhile; return how many attempts were made.

    The sending happens in threads, all else in this one. A process claims in one such call at a time; another asks it
    to look once more and returns 0. After ``TURN`` seconds nothing more is claimed, so that a worker can stop.
    """
    if not _turn.acquire(blocking=False):
        _asked.set()
        return 0
    running: Running = {}
    with ThreadPoolExecutor(SENDERS, thread_name_prefix="webhook") as pool:
        try:
            made = _claim_and_send(pool, running, client or http.Client(settings.ALLOWED_PRIVATE_NETWORKS))
        finally:
            _turn.release()
        if running:
            services.wake()
        while running:
            made += _collect(running)
    return made


def _claim_and_send(pool: ThreadPoolExecutor, running: Running, client: http.Client) -> int:
    stop_at, made = time.monotonic() + TURN, 0
    while time.monotonic() < stop_at:
        _asked.clear()
        for delivery in _claim(running):
            running[pool.submit(send, Message.of(delivery), client, settings.WEBHOOK_TIMEOUT)] = delivery
        if not running and not _asked.is_set():
            break
        made += _collect(running)
    return made


def _claim(running: Running) -> list[Delivery]:
    """Claim for the free senders: first of the endpoints that answer, then a few of those in doubt."""
    claimed = claims.claim(SENDERS - len(running))
    doubtful = sum(delivery.endpoint.failures > 0 for delivery in running.values())
    free = SENDERS - len(running) - len(claimed)
    return claimed + claims.claim(min(free, DOUBTFUL - doubtful), in_doubt=True)


def _collect(running: Running) -> int:
    """Write down what came back within ``PAUSE`` seconds; return how many did."""
    done, _ = wait(running, timeout=PAUSE, return_when=FIRST_COMPLETED)
    for future in done:
        record(running.pop(future), future.result())
    return len(done)


def record(delivery: Delivery, outcome: Outcome) -> bool:
    """Write down what an attempt came to, if its claim still holds; return whether it did."""
    with transaction.atomic():
        held = _succeed(delivery) if outcome.succeeded else _fail(delivery, outcome)
        if held:
            _note(delivery, outcome)
    metrics.ATTEMPTS.labels("delivered" if outcome.succeeded else "failed").inc()
    log.info("webhook_attempt", held=held, **_facts(delivery, outcome))
    return held


def _succeed(delivery: Delivery) -> bool:
    health.succeeded(delivery.endpoint_id)
    return claims.close(delivery, State.DELIVERED)


def _fail(delivery: Delivery, outcome: Outcome) -> bool:
    endpoint = _locked_endpoint(delivery)
    pause = schedule.delay(delivery.round, outcome.retry_after)
    if endpoint is None or not endpoint.enabled or outcome.gone or pause is None:
        held = claims.close(delivery, State.FAILED)
    else:
        held = claims.postpone(delivery, timezone.now() + pause)
    if held and endpoint is not None and endpoint.enabled:
        _judge(endpoint, outcome)
    return held


def _judge(endpoint: Endpoint, outcome: Outcome) -> None:
    failed_for_days = health.failed(endpoint)
    if outcome.gone:
        services.give_up(endpoint, "The endpoint answered 410 Gone.")
    elif failed_for_days:
        services.give_up(endpoint, f"Every attempt failed for {health.GIVEN_UP_AFTER.days} days.")


def _still_enabled(delivery: Delivery) -> bool:
    endpoint = _locked_endpoint(delivery)
    return endpoint is not None and endpoint.enabled


def _locked_endpoint(delivery: Delivery) -> Endpoint | None:
    """Return the delivery's endpoint, kept as it is until the transaction ends."""
    return Endpoint.objects.select_for_update(no_key=True).filter(pk=delivery.endpoint_id).first()


def _note(delivery: Delivery, outcome: Outcome) -> None:
    Attempt.objects.create(
        delivery=delivery,
        number=delivery.attempts,
        started_at=outcome.started_at,
        milliseconds=outcome.milliseconds,
        status_code=outcome.status_code,
        error=outcome.error,
        response_excerpt=outcome.excerpt,
    )


def _facts(delivery: Delivery, outcome: Outcome) -> dict[str, Any]:
    return {
        "submission": delivery.event.subject,
        "event_id": delivery.event_id,
        "type": delivery.event.type,
        "delivery": delivery.pk,
        "endpoint": delivery.endpoint_id,
        "attempt": delivery.attempts,
        "status": outcome.status_code,
        "error": outcome.error,
        "milliseconds": outcome.milliseconds,
    }
