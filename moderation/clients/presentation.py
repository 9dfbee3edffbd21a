"""Keys and callers in the form of the API."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils import timezone

from moderation.clients.authentication import KeyCaller
from moderation.clients.limits import SECONDS, Reading
from moderation.clients.models import ApiKey, Person
from moderation.clients.permissions import scopes_of
from moderation.clients.schema import KeySchema


def key(row: ApiKey, *, secret: str | None = None) -> dict[str, Any]:
    """Return a key; its secret stands in it only where one is given."""
    now = timezone.now()
    shown = {
        **{name: getattr(row, name) for name in ("id", "name", "scopes", "created_at", "expires_at", "last_used_at")},
        "requests_per_minute": row.requests_per_minute or settings.KEY_REQUESTS_PER_MINUTE,
        "old_secrets": sorted((old for old in row.old_secrets.all() if old.expires_at > now), key=_expiry),
    }
    body = dict(KeySchema(shown).data)
    return body if secret is None else {**body, "secret": secret}


def caller(who: KeyCaller | Person, readings: Sequence[Reading]) -> dict[str, Any]:
    """Return who calls, with their scopes and what is left of their limits."""
    shown = _by_key(who) if isinstance(who, KeyCaller) else _in_person(who)
    return {**shown, "scopes": scopes_of(who), "limits": [_limit(reading) for reading in readings]}


def _by_key(who: KeyCaller) -> dict[str, Any]:
    return {"client": {"id": who.client.pk, "name": who.client.name}, "key": key(who.key), "person": None}


def _in_person(who: Person) -> dict[str, Any]:
    return {"client": None, "key": None, "person": {"name": who.display_name(), "roles": sorted(who.roles())}}


def _limit(reading: Reading) -> dict[str, Any]:
    return {
        "policy": reading.policy,
        "requests": reading.quota,
        "seconds": SECONDS,
        "remaining": reading.remaining,
        "resets_in": reading.resets_in,
    }


def _expiry(old: Any) -> Any:
    return old.expires_at
