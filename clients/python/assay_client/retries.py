"""When to ask again, and how long to wait before."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from assay_client.calls import Call

Outcome = httpx.Response | httpx.TransportError
NOT_DONE = {429, 503}
UNKNOWN = {500, 502, 504}
HOPELESS = (httpx.UnsupportedProtocol, httpx.LocalProtocolError)
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


@dataclass(frozen=True)
class Retries:
    """How often a call is made in all, and the pauses between: ``first`` seconds, doubled each time, up to ``longest``.

    A ``Retry-After`` is obeyed instead; where it asks for more than ``longest`` the problem is raised at once.
    """

    attempts: int = 5
    first: float = 0.5
    longest: float = 60.0

    def pause(self, call: Call, attempt: int, outcome: Outcome) -> float | None:
        """Return the seconds to wait before the next attempt, or None where this outcome stands.

        Args:
            call: what was asked.
            attempt: how often it has been asked, 1 after the first time.
            outcome: what came of it.
        """
        if attempt >= self.attempts or not _may_differ(call, outcome):
            return None
        asked = retry_after(outcome) if isinstance(outcome, httpx.Response) else None
        if asked is not None:
            return asked if asked <= self.longest else None
        planned: float = self.first * 2 ** (attempt - 1)
        return min(self.longest, planned) * random.uniform(0.5, 1)  # noqa: S311  no secret


def retry_after(response: httpx.Response) -> float | None:
    """Return the seconds that Retry-After asks for (RFC 9110, section 10.2.3), None where it says nothing readable."""
    given = response.headers.get("Retry-After", "")
    if given.isascii() and given.isdigit():
        return float(given)
    try:
        at = parsedate_to_datetime(given)
    except ValueError:
        return None
    return max(0.0, (at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def _may_differ(call: Call, outcome: Outcome) -> bool:
    """Say whether asking again may do good, and cannot do a thing twice."""
    if isinstance(outcome, httpx.TransportError):
        return not isinstance(outcome, HOPELESS) and (call.repeatable or isinstance(outcome, NOT_SENT))
    if outcome.status_code in NOT_DONE:
        return True
    if outcome.status_code in UNKNOWN:
        return call.repeatable
    return outcome.status_code == httpx.codes.CONFLICT and b'"idempotency-in-progress"' in outcome.content
