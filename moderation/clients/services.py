"""Make clients, keys and people's roles."""

from collections.abc import Iterable
from datetime import timedelta

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from moderation.audit import services as audit
from moderation.clients.models import ANONYMOUS, ApiKey, Client, Person, Role, Scope

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
def create_key(client: Client, name: str, scopes: Iterable[str], *, actor: str) -> tuple[ApiKey, str]:
    """Create a key and return it with its secret, which is shown this once and never stored.

    Raises:
        ValueError: a scope is not one of :class:`Scope`.
    """
    chosen = [Scope(scope).value for scope in scopes]
    secret = ApiKey.new_secret()
    key = ApiKey.objects.create(client=client, name=name, scopes=chosen, secret_hash=ApiKey.hash_of(secret))
    audit.record(actor, "key.created", key.pk, {"client": client.pk, "scopes": chosen})
    return key, secret


@transaction.atomic
def revoke_key(key: ApiKey, *, actor: str) -> bool:
    """Revoke ``key``; return whether this call did it."""
    revoked: int = ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now())
    if revoked:
        audit.record(actor, "key.revoked", key.pk)
    return bool(revoked)


def find_key(secret: str) -> ApiKey | None:
    """Return the usable key with this secret, noting its use at most once a minute, or None."""
    now = timezone.now()
    key: ApiKey | None = (
        ApiKey.objects.usable(now).select_related("client").filter(secret_hash=ApiKey.hash_of(secret)).first()
    )
    if key:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=now - USE_RESOLUTION)
        ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)
    return key


def give_role(person: Person, role: Role) -> None:
    """Put ``person`` into the group of ``role``."""
    person.groups.add(Group.objects.get_or_create(name=role)[0])
