"""Make clients, keys and people's roles."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from foundation.problems import Problem
from moderation.audit import services as audit
from moderation.clients.models import ANONYMOUS, ApiKey, Client, OldSecret, Person, Role, Scope

USE_RESOLUTION = timedelta(minutes=1)


def ensure_roles() -> None:
    """Create the group of every role that is missing."""
    for role in Role:
        Group.objects.get_or_create(name=role)


def anonymous_client() -> Client:
    """Return the built-in client that checks without an account belong to."""
    client, _ = Client.objects.get_or_create(slug=ANONYMOUS, defaults={"name": "Checks without an account"})
    return client


@transaction.atomic
def create_key(
    client: Client, name: str, scopes: Iterable[str], *, actor: str, expires_at: datetime | None = None
) -> tuple[ApiKey, str]:
    """Create a key and return it with its secret, which is shown this once and never stored.

    Raises:
        ValueError: a scope is not one of :class:`Scope`.
    """
    chosen = [Scope(scope).value for scope in scopes]
    secret = ApiKey.new_secret()
    key = ApiKey.objects.create(
        client=client, name=name, scopes=chosen, secret_hash=ApiKey.hash_of(secret), expires_at=expires_at
    )
    audit.record(actor, "key.created", key.pk, {"scopes": chosen}, client=client.pk)
    return key, secret


@transaction.atomic
def rotate_key(key: ApiKey, overlap: timedelta, *, actor: str) -> str:
    """Give ``key`` a new secret and return it; the one that it had stays good for ``overlap``.

    Secrets of earlier rotations stay good until their own overlap ends.

    Raises:
        Problem: ``conflict``: the key was revoked.
    """
    held = ApiKey.objects.select_for_update().get(pk=key.pk)
    if held.revoked_at:
        raise Problem("conflict", "This key was revoked; make another.")
    secret = ApiKey.new_secret()
    if overlap:
        until = timezone.now() + overlap
        OldSecret.objects.create(
            key=held, secret_hash=held.secret_hash, expires_at=until, last_used_at=held.last_used_at
        )
    held.secret_hash, held.last_used_at = ApiKey.hash_of(secret), None
    held.save(update_fields=["secret_hash", "last_used_at"])
    told = {"overlap_seconds": int(overlap.total_seconds())}
    audit.record(actor, "key.rotated", key.pk, told, client=key.client_id)
    return secret


@transaction.atomic
def revoke_key(key: ApiKey, *, actor: str) -> bool:
    """Revoke ``key`` with every secret that it ever had; return whether this call did it."""
    revoked: int = ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now())
    if revoked:
        audit.record(actor, "key.revoked", key.pk, client=key.client_id)
    return bool(revoked)


def find_key(secret: str) -> ApiKey | None:
    """Return the usable key with this secret, or with it as an old one, noting its use at most once a minute."""
    now, digest = timezone.now(), ApiKey.hash_of(secret)
    usable = ApiKey.objects.usable(now).select_related("client")
    key: ApiKey | None = usable.filter(secret_hash=digest).first()
    if key:
        _note_use(ApiKey.objects.filter(pk=key.pk), key.last_used_at, now)
        return key
    old = OldSecret.objects.filter(secret_hash=digest, expires_at__gt=now).first()
    if old is None:
        return None
    _note_use(OldSecret.objects.filter(pk=old.pk), old.last_used_at, now)
    found: ApiKey | None = usable.filter(pk=old.key_id).first()
    return found


def forget_old_secrets() -> int:
    """Delete the secrets whose overlap is over; return how many."""
    return OldSecret.objects.filter(expires_at__lte=timezone.now()).delete()[0]


def _note_use(row: QuerySet[Any], last: datetime | None, now: datetime) -> None:
    if last is None or last < now - USE_RESOLUTION:
        row.update(last_used_at=now)


@transaction.atomic
def give_role(person: Person, role: Role, *, actor: str = "system") -> None:
    """Put ``person`` into the group of ``role``."""
    before = sorted(person.groups.values_list("name", flat=True))
    if role in before:
        return
    person.groups.add(Group.objects.get_or_create(name=role)[0])
    after = sorted([*before, role.value])
    audit.record(actor, "person.changed", person.actor(), before={"roles": before}, after={"roles": after})
