"""How often a caller may call: by client and by key, and by address where no key is shown.

The headers follow draft-ietf-httpapi-ratelimit-headers-10: a policy has a quota ``q`` for ``w`` seconds, of which ``r``
remain for ``t`` seconds.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from foundation import metrics
from foundation.problems import Problem
from foundation.windows import Window, counter
from moderation.clients.authentication import key_of
from moderation.clients.models import ApiKey

SECONDS = 60


@dataclass(frozen=True)
class Reading:
    """What a policy allows a caller, and what is left of it."""

    policy: str
    quota: int
    used: int
    resets_in: int

    @property
    def remaining(self) -> int:
        return max(0, self.quota - self.used)

    @property
    def exceeded(self) -> bool:
        return self.used > self.quota


def take(request: HttpRequest) -> list[Reading]:
    """Count this request against every policy that holds for its caller, and return how each stands."""
    windows = _windows(request)
    counts = counter.take(list(windows.values()))
    readings = [
        Reading(policy, window.quota, count.used, math.ceil(count.milliseconds / 1000))
        for (policy, window), count in zip(windows.items(), counts, strict=True)
    ]
    request.readings = readings  # type: ignore[attr-defined]
    return readings


def readings_of(request: HttpRequest) -> list[Reading]:
    """Return how the policies stood when this request was counted."""
    readings: list[Reading] = request.readings  # type: ignore[attr-defined]
    return readings


def refusal(readings: Sequence[Reading]) -> Problem | None:
    """Return ``rate-limited`` with the time to wait where a policy is used up, else None."""
    exceeded = [reading for reading in readings if reading.exceeded]
    if not exceeded:
        return None
    for reading in exceeded:
        metrics.LIMITED.labels(reading.policy).inc()
    wait = max(1, *(reading.resets_in for reading in exceeded))
    worst = exceeded[0]
    detail = f"This {worst.policy} may call {worst.quota:,} times in {SECONDS} s. Try again in {wait} s."
    return Problem("rate-limited", detail, headers={"Retry-After": str(wait)})


def headers(readings: Sequence[Reading]) -> dict[str, str]:
    """Return RateLimit-Policy and RateLimit, a list item for each policy (RFC 9651, section 3.1)."""
    return {
        "RateLimit-Policy": ", ".join(f'"{one.policy}";q={one.quota};w={SECONDS}' for one in readings),
        "RateLimit": ", ".join(f'"{one.policy}";r={one.remaining};t={one.resets_in}' for one in readings),
    }


def _windows(request: HttpRequest) -> dict[str, Window]:
    key = key_of(request)
    if key is None:
        return {"address": Window(f"address:{pseudonym(request)}", settings.ADDRESS_REQUESTS_PER_MINUTE, SECONDS)}
    return {"client": _of_client(key), "key": _of_key(key)}


def _of_client(key: ApiKey) -> Window:
    quota = key.client.requests_per_minute or settings.CLIENT_REQUESTS_PER_MINUTE
    return Window(f"client:{key.client.pk}", quota, SECONDS)


def _of_key(key: ApiKey) -> Window:
    return Window(f"key:{key.pk}", key.requests_per_minute or settings.KEY_REQUESTS_PER_MINUTE, SECONDS)


def pseudonym(request: HttpRequest) -> str:
    """Return a keyed hash of the caller's address; behind a trusted proxy the address that the proxy saw."""
    address = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        address = request.headers.get("X-Forwarded-For", address).rpartition(",")[2].strip()
    return salted_hmac("assay.address", address, algorithm="sha256").hexdigest()
