"""Who takes part in the demo: people, queues, and two clients, one with an endpoint that shows what it was told."""

import json
import secrets
from pathlib import Path
from typing import Any

from moderation.clients import services as clients
from moderation.clients.models import ApiKey, Client, Person, Role, Scope
from moderation.review.models import Queue
from moderation.webhooks import services as webhooks
from moderation.webhooks.models import Endpoint

ACTOR = "demo"
PEOPLE = {
    "administrator": (Role.ADMINISTRATOR, "Ada Okafor"),
    "lead": (Role.LEAD, "Lena Vogt"),
    "moderator": (Role.MODERATOR, "Mo Castillo"),
}
QUEUES: dict[str, tuple[str, dict[str, Any]]] = {
    "uncertain": ("Uncertain", {"reasons": ["uncertain", "band", "disagreement", "failed"]}),
    "faces-reported": ("Faces, reported", {"reasons": ["report"], "roles": ["face"]}),
    "appeals": ("Appeals", {"reasons": ["appeal"]}),
    "escalated": ("Escalated", {"escalated": True}),
}
CLIENTS = {"api_key": ("harbour", "Harbour"), "other_api_key": ("kite", "Kite")}


def ensure(site: str, file: Path) -> dict[str, Any]:
    """Create whoever is missing, write ``file`` (HTTP.md, "The demo") and return what it says.

    Log-ins and keys of an earlier run are kept while they still work.
    """
    before = _read(file)
    told: dict[str, Any] = {"base_url": site}
    for role, (group, name) in PEOPLE.items():
        told[role] = _person(role, group, name, _text(before, role, "password"))
    for field, (slug, name) in CLIENTS.items():
        told[field] = _key(slug, name, _text(before, field), withheld=[] if field == "api_key" else [Scope.MODELS])
    told["webhook_sink"] = f"{site}/demo/webhooks"
    _endpoint(told["webhook_sink"])
    for position, (slug, (name, filter_)) in enumerate(QUEUES.items()):
        shown = {"name": name, "filter": filter_, "position": position}
        Queue.objects.get_or_create(slug=slug, defaults=shown)
    file.touch()
    file.chmod(0o600)
    file.write_text(json.dumps(told, indent=2) + "\n")
    return told


def _read(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _text(found: Any, *path: str) -> str | None:
    """Return the text at ``path``, or None: the file may have been edited by hand."""
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, str) else None


def _person(username: str, role: Role, name: str, password: str | None) -> dict[str, str]:
    first, _, last = name.partition(" ")
    person, _ = Person.objects.get_or_create(username=username, defaults={"first_name": first, "last_name": last})
    if not password or not person.check_password(password):
        password = secrets.token_urlsafe(9)
        person.set_password(password)
    person.is_staff = person.is_superuser = role is Role.ADMINISTRATOR
    person.save()
    clients.give_role(person, role)
    return {"username": username, "password": password}


def _key(slug: str, name: str, secret: str | None, *, withheld: list[Scope]) -> str:
    client, _ = Client.objects.get_or_create(slug=slug, defaults={"name": name})
    if secret and ApiKey.objects.filter(client=client, secret_hash=ApiKey.hash_of(secret), revoked_at=None).exists():
        return secret
    scopes = [scope for scope in Scope if scope not in withheld]
    return clients.create_key(client, "demo", scopes, actor=ACTOR)[1]


def _endpoint(url: str) -> None:
    """Point the first client's endpoint at this run's address, which changes with the port."""
    client = Client.objects.get(slug=CLIENTS["api_key"][0])
    existing = Endpoint.objects.filter(client=client, description=ACTOR).first()
    if existing is None:
        webhooks.create_endpoint(client, url, description=ACTOR, actor=ACTOR)
    else:
        Endpoint.objects.filter(pk=existing.pk).update(url=url, enabled=True, disabled_reason="")
