"""From a number to what lies behind it."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from moderation.insights.scope import Scope

EXPLORER = "/explore/"


def explorer(scope: Scope, **filters: Any) -> str:
    """Return the explorer's address with the filters, within the scope's client and period."""
    given = {"received_from": scope.dates[0].isoformat(), **filters}
    if scope.client:
        given["client"] = scope.client.slug
    return f"{EXPLORER}?{urlencode({name: value for name, value in given.items() if value not in (None, '')})}"


def of_day(scope: Scope, day: date, **filters: Any) -> str:
    """Return the explorer's address for what was submitted on one day."""
    return explorer(scope, received_from=day.isoformat(), received_to=day.isoformat(), **filters)


def same(scope: Scope, path: str, **more: str) -> str:
    """Return ``path`` for the same client and period."""
    given = {"days": str(scope.days), **({"client": scope.client.slug} if scope.client else {}), **more}
    return f"{path}?{urlencode(given)}"


def cases(scope: Scope, **asked: str) -> str:
    """Return the address of the list of cases behind a number."""
    return same(scope, reverse("insights:cases"), **asked)
