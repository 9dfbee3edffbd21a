"""Write down, in one transaction, what attempts came to: the delivery's state, the attempt, the endpoint's health.

Whoever needs an endpoint and its deliveries locks the endpoint first.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from foundation import metrics
from moderation.webhooks import claims, health, schedule, services
from moderation.webhooks.models import Attempt, Delivery, Endpoint
from moderation.webhooks.sending import Outcome

log = structlog.get_logger(__name__)
Ended = tuple[Delivery, Outcome]


def record(ended: Sequence[Ended]) -> int:
    """Write down what attempts came to, where their claim still holds; return for how many it did.

    Successes, which are many, go together; failures change their endpoint and go one by one.
    """
    succeeded = [(delivery, outcome) for delivery, outcome in ended if outcome.succeeded]
    held = _succeed(succeeded) if succeeded else set[str]()
    for delivery, outcome in ended:
        if not outcome.succeeded and _fail(delivery, outcome):
            held.add(delivery.pk)
    for delivery, outcome in ended:
        metrics.ATTEMPTS.labels("delivered" if outcome.succeeded else "failed").inc()
        log.info("webhook_attempt", held=delivery.pk in held, **_facts(delivery, outcome))
    return len(held)


@transaction.atomic
def release(delivery: Delivery) -> bool:
    """Note that a worker stopped in the middle, and make the delivery due again, or failed after the last attempt."""
    endpoint = _locked(delivery.endpoint_id)
    lost = claims.expired().select_for_update(skip_locked=True, of=("self",)).select_related("event")
    found = lost.filter(pk=delivery.pk).first()
    if found is None:
        return False
    started_at = (found.leased_until or timezone.now()) - claims.lease()
    outcome = Outcome(started_at, 0, error="The worker stopped before the answer was noted.")
    _note([(found, outcome)])
    log.warning("webhook_lease_expired", **_facts(found, outcome))
    if endpoint is None or not endpoint.enabled or found.round > len(schedule.RETRIES):
        return claims.give_up(found)
    return claims.postpone(found, timezone.now())


@transaction.atomic
def _succeed(ended: Sequence[Ended]) -> set[str]:
    health.succeeded(delivery.endpoint_id for delivery, _ in ended)
    held = claims.deliver([delivery for delivery, _ in ended])
    _note((delivery, outcome) for delivery, outcome in ended if delivery.pk in held)
    return held


@transaction.atomic
def _fail(delivery: Delivery, outcome: Outcome) -> bool:
    endpoint = _locked(delivery.endpoint_id)
    pause = schedule.delay(delivery.round, outcome.retry_after)
    if endpoint is None or not endpoint.enabled or outcome.gone or pause is None:
        held = claims.give_up(delivery)
    else:
        held = claims.postpone(delivery, timezone.now() + pause)
    if held:
        _note([(delivery, outcome)])
    if held and endpoint is not None and endpoint.enabled:
        _judge(endpoint, outcome)
    return held


def _locked(endpoint_id: str) -> Endpoint | None:
    """Return the endpoint, kept as it is until the transaction ends; None when it was deleted meanwhile."""
    return Endpoint.objects.select_for_update(no_key=True).filter(pk=endpoint_id).first()


def _judge(endpoint: Endpoint, outcome: Outcome) -> None:
    failed_for_days = health.failed(endpoint)
    if outcome.gone:
        services.give_up(endpoint, "The endpoint answered 410 Gone.")
    elif failed_for_days:
        services.give_up(endpoint, f"Every attempt failed for {health.GIVEN_UP_AFTER.days} days.")


def _note(ended: Iterable[Ended]) -> None:
    attempts = [
        Attempt(
            delivery=delivery,
            number=delivery.attempts,
            started_at=outcome.started_at,
            milliseconds=outcome.milliseconds,
            status_code=outcome.status_code,
            error=outcome.error,
            response_excerpt=outcome.excerpt,
        )
        for delivery, outcome in ended
    ]
    Attempt.objects.bulk_create(attempts)


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
