"""When to try again: Standard Webhooks' schedule, and what the receiver asked for."""

import random
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

RETRIES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
LONGEST = timedelta(hours=24)
JITTER = 0.1


def delay(attempts: int, asked: timedelta | None) -> timedelta | None:
    """Return how long to wait after the ``attempts``-th try failed, or None to give up.

    The schedule's wait is lengthened by up to a tenth, so that what failed together does not come back together.
    A longer wait that the receiver ``asked`` for is kept, up to a day.
    """
    if attempts > len(RETRIES):
        return None
    planned = RETRIES[attempts - 1] * (1 + JITTER * random.random())  # noqa: S311
    return max(planned, min(asked or timedelta(0), LONGEST))


def retry_after(value: str | None, now: datetime) -> timedelta | None:
    """Return what a ``Retry-After`` header asks for, in seconds or as a date; None when it says nothing usable."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=int(text[:9]))
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return max((at if at.tzinfo else at.replace(tzinfo=UTC)) - now, timedelta(0))
