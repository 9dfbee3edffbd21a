import pytest

from moderation.clients.models import Client, Person, Role
from moderation.clients.sight import may_see, only_visible
from tests.factories import ClientFactory, SubmissionFactory, person

pytestmark = pytest.mark.django_db


def narrowed(role: Role, *clients: Client) -> Person:
    somebody = person(role, sees_every_client=False)
    somebody.visible_clients.set(clients)
    return somebody


def test_person_sees_every_client_unless_their_sight_is_narrowed() -> None:
    ClientFactory.create_batch(2)
    assert only_visible(Client.objects.all(), person(Role.MODERATOR), "pk").count() == Client.objects.count()


def test_narrowed_person_sees_only_the_listed_clients() -> None:
    listed, other = ClientFactory.create_batch(2)
    moderator = narrowed(Role.MODERATOR, listed)
    assert list(only_visible(Client.objects.all(), moderator, "pk")) == [listed]
    assert may_see(moderator, listed.pk)
    assert not may_see(moderator, other.pk)


def test_narrowed_person_without_a_list_sees_nothing() -> None:
    client = ClientFactory.create()
    moderator = narrowed(Role.MODERATOR)
    assert not only_visible(Client.objects.all(), moderator, "pk").exists()
    assert not may_see(moderator, client.pk)


def test_administrator_sees_all_whatever_the_list_says() -> None:
    listed, other = ClientFactory.create_batch(2)
    administrator = narrowed(Role.ADMINISTRATOR, listed)
    assert may_see(administrator, other.pk)
    assert set(only_visible(Client.objects.all(), administrator, "pk")) >= {listed, other}


def test_rows_are_found_along_the_named_field() -> None:
    seen, hidden = SubmissionFactory.create_batch(2)
    moderator = narrowed(Role.LEAD, seen.client)
    rows = type(seen).objects.all()
    assert list(only_visible(rows, moderator)) == [seen]
    assert hidden not in only_visible(rows, moderator, "image__client")
