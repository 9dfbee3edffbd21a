"""Which clients' cases, submissions and figures a person may see."""

from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from moderation.clients.authentication import KeyCaller
from moderation.clients.models import Person, Role

Row = TypeVar("Row", bound=Model)


def sees_everything(person: Person) -> bool:
    """Say whether no client is hidden from the person: an administrator, or somebody whose sight is not narrowed."""
    return person.sees_every_client or Role.ADMINISTRATOR in person.roles()


def only_visible(rows: QuerySet[Row], person: Person, field: str = "client") -> QuerySet[Row]:
    """Return the rows whose client, found along ``field``, the person may see."""
    if sees_everything(person):
        return rows
    return rows.filter(**{f"{field}__in": person.visible_clients.values("pk")})


def may_see(person: Person, client_id: str) -> bool:
    return sees_everything(person) or person.visible_clients.filter(pk=client_id).exists()


def owned(rows: QuerySet[Row], caller: Any, field: str = "client") -> QuerySet[Row]:
    """Return the rows that a caller may read: a key its client's, a reading person those of the clients they see."""
    if isinstance(caller, KeyCaller):
        return rows.filter(**{field: caller.client})
    if isinstance(caller, Person) and caller.may_read():
        return only_visible(rows, caller, field)
    return rows.none()
