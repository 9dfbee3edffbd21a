"""The indexes in memory follow the database, and none is kept for ever."""

import threading

import pytest
from django.db import connections, transaction

from moderation.clients.models import Client
from moderation.matching import shelf as module
from moderation.matching.models import KnownHash, KnownImage
from moderation.matching.shelf import Shelf, lock
from tests.factories import ClientFactory
from tests.matching.hashes_for_tests import packed, random_hashes

HASHES = [packed(one) for one in random_hashes(40)]


def known(client: Client, hashes: list[bytes]) -> list[int]:
    image = KnownImage.objects.create(client=client, label="edited", source="bank")
    return [KnownHash.objects.create(known=image, client=client, bits=bits).pk for bits in hashes]


def numbers(shelf: Shelf, client: Client, bits: bytes) -> list[int]:
    return [near.number for near in shelf.search(client, [bits])]


@pytest.mark.django_db
def test_hash_that_was_added_since_is_found() -> None:
    shelf, client = Shelf(), ClientFactory.create()
    (first,) = known(client, HASHES[:1])
    assert numbers(shelf, client, HASHES[1]) == []

    (second,) = known(client, HASHES[1:2])

    assert numbers(shelf, client, HASHES[1]) == [second]
    assert numbers(shelf, client, HASHES[0]) == [first]


@pytest.mark.django_db
@pytest.mark.parametrize("chunk", [1, 3, 39, 40, 41])
def test_every_hash_is_read_however_many_come_at_once(monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    monkeypatch.setattr(module, "CHUNK", chunk)
    shelf, client = Shelf(), ClientFactory.create()
    pks = known(client, HASHES)

    assert [numbers(shelf, client, bits) for bits in HASHES] == [[pk] for pk in pks]


@pytest.mark.django_db
def test_clients_have_indexes_of_their_own() -> None:
    shelf, one, other = Shelf(), ClientFactory.create(), ClientFactory.create()
    (mine,) = known(one, HASHES[:1])
    (theirs,) = known(other, HASHES[:1])

    assert numbers(shelf, one, HASHES[0]) == [mine]
    assert numbers(shelf, other, HASHES[0]) == [theirs]


@pytest.mark.django_db
def test_index_used_longest_ago_goes_when_all_are_too_large() -> None:
    shelf = Shelf(largest=25)
    clients = [ClientFactory.create() for _ in range(3)]
    for client in clients:
        known(client, HASHES[:10])
    for client in (clients[0], clients[1], clients[0], clients[2]):
        assert len(numbers(shelf, client, HASHES[0])) == 1

    assert list(shelf._indexes) == [clients[0].pk, clients[2].pk]
    assert len(numbers(shelf, clients[1], HASHES[9])) == 1


@pytest.mark.django_db
def test_index_larger_than_all_may_be_is_kept_alone() -> None:
    shelf, client, other = Shelf(largest=5), ClientFactory.create(), ClientFactory.create()
    known(client, HASHES[:10])
    known(other, HASHES[:1])

    assert len(numbers(shelf, other, HASHES[0])) == 1
    assert len(numbers(shelf, client, HASHES[9])) == 1
    assert list(shelf._indexes) == [client.pk]


@pytest.mark.django_db
def test_nothing_to_look_up_asks_the_database_nothing(django_assert_num_queries: object) -> None:
    shelf, client = Shelf(), ClientFactory.create()

    with django_assert_num_queries(0):  # type: ignore[operator]
        assert shelf.search(client, []) == []


@pytest.mark.django_db(transaction=True)
def test_hash_with_a_higher_number_waits_for_one_that_is_not_committed_yet() -> None:
    shelf, client = Shelf(), ClientFactory.create()
    holding, released = threading.Event(), threading.Event()
    slow: list[int] = []

    def first() -> None:
        with transaction.atomic():
            lock(client.pk)
            slow.extend(known(client, HASHES[:1]))
            holding.set()
            released.wait(20)
        connections.close_all()

    def second() -> None:
        with transaction.atomic():
            lock(client.pk)
            slow.extend(known(client, HASHES[1:2]))
        connections.close_all()

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    threads[0].start()
    assert holding.wait(20)
    threads[1].start()
    threads[1].join(0.3)
    seen_meanwhile = numbers(shelf, client, HASHES[1])
    released.set()
    for thread in threads:
        thread.join(20)

    assert seen_meanwhile == []
    assert slow == sorted(slow)
    assert [numbers(shelf, client, bits) for bits in HASHES[:2]] == [[slow[0]], [slow[1]]]


@pytest.mark.django_db(transaction=True)
def test_clients_do_not_wait_for_one_another() -> None:
    one, other = ClientFactory.create(), ClientFactory.create()
    done = threading.Event()

    def elsewhere() -> None:
        with transaction.atomic():
            lock(other.pk)
            done.set()
        connections.close_all()

    with transaction.atomic():
        lock(one.pk)
        thread = threading.Thread(target=elsewhere)
        thread.start()
        assert done.wait(20)
    thread.join(20)
