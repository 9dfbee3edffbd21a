"""Deliver what is due: claim, send in threads, have written down what came of it."""

import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from django.conf import settings
from django.utils import timezone

from foundation import http
from moderation.webhooks import claims, outcomes, services, turn
from moderation.webhooks.models import Delivery
from moderation.webhooks.sending import Message, Outcome, send

SENDERS = 64
DOUBTFUL = SENDERS // 4  # what endpoints in doubt may hold of them
PAUSE = 0.25
GATHER = 0.05
TURN = 20.0
Running = dict[Future[Outcome], Delivery]


def sweep() -> int:
    """Free the deliveries whose worker stopped, and wake workers while any is due; return how many were freed."""
    freed = sum(outcomes.release(delivery) for delivery in claims.expired()[:200])
    if claims.claimable(timezone.now()).exists():
        services.wake()
    return freed


def deliver_due(client: http.Client | None = None) -> int:
    """Deliver what is due, many at a time, and what falls due meanwhile; return how many attempts were made.

    The sending happens in threads, all else in this one. A process claims in one such call at a time; another asks it
    to look once more and returns 0. After ``TURN`` seconds nothing more is claimed, so that a worker can stop.
    """
    if not turn.of_this_process.take():
        return 0
    running: Running = {}
    with ThreadPoolExecutor(SENDERS, thread_name_prefix="webhook") as pool:
        try:
            made = _claim_and_send(pool, running, client or http.Client(settings.ALLOWED_PRIVATE_NETWORKS))
        finally:
            turn.of_this_process.end()
        while running:
            made += _collect(running)
    return made


def _claim_and_send(pool: ThreadPoolExecutor, running: Running, client: http.Client) -> int:
    stop_at, doubt_at, made = time.monotonic() + TURN, 0.0, 0
    while time.monotonic() < stop_at:
        turn.of_this_process.listen()
        claimed = claims.claim(SENDERS - len(running))
        if not claimed or time.monotonic() > doubt_at:
            claimed += _claim_in_doubt(SENDERS - len(running) - len(claimed), running)
            doubt_at = time.monotonic() + PAUSE
        for delivery in claimed:
            running[pool.submit(send, Message.of(delivery), client, settings.WEBHOOK_TIMEOUT)] = delivery
        if not running and turn.of_this_process.end_unless_asked():
            return made
        made += _collect(running)
    turn.of_this_process.end()
    services.wake()
    return made


def _claim_in_doubt(free: int, running: Running) -> list[Delivery]:
    """Claim for a few of the endpoints whose last attempt failed."""
    doubtful = sum(delivery.endpoint.failures > 0 for delivery in running.values())
    return claims.claim(min(free, DOUBTFUL - doubtful), in_doubt=True)


def _collect(running: Running) -> int:
    """Write down together what came back, once anything did or ``PAUSE`` seconds went by; return how many did."""
    wait(running, timeout=PAUSE, return_when=FIRST_COMPLETED)
    time.sleep(GATHER)
    done = [(running.pop(future), future.result()) for future in list(running) if future.done()]
    outcomes.record(done)
    return len(done)
