"""How often one visitor may have pictures checked, or object to an answer, from the pages."""

import math

from django.http import HttpRequest

from foundation import metrics
from foundation.problems import Problem
from foundation.windows import Window, counter
from moderation.clients.limits import pseudonym
from moderation.clients.models import Person

HOUR = 3600


def spend(request: HttpRequest, what: str, quota: int) -> None:
    """Count one use of ``what`` by the signed-in person, or by the address where nobody is signed in.

    Raises:
        Problem: ``rate-limited``, with the seconds to wait, beyond ``quota`` uses within an hour.
    """
    count = counter.take([Window(f"{what}:{_who(request)}", quota, HOUR)])[0]
    if count.used <= quota:
        return
    metrics.LIMITED.labels(what).inc()
    wait = max(1, math.ceil(count.milliseconds / 1000))
    detail = f"That was {quota:,} within an hour. Try again in {math.ceil(wait / 60)} min."
    raise Problem("rate-limited", detail, headers={"Retry-After": str(wait)})


def _who(request: HttpRequest) -> str:
    return request.user.actor() if isinstance(request.user, Person) else pseudonym(request)
