"""The indexes of this process, a client's when it is first asked for; the database says what is new since."""

import threading
from collections import OrderedDict

from django.db import connection

from moderation.clients.models import Client
from moderation.matching.index import HashIndex, Near, words
from moderation.matching.models import KnownHash

LARGEST = 12_000_000  # hashes in memory, of all clients together
CHUNK = 50_000
LOCK = 0x6B696D


def lock(client_id: str) -> None:
    """Keep others from adding hashes of this client until this transaction ends.

    So a hash never becomes visible after one with a higher number, and whoever read up to a number missed none.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK, client_id])


class Shelf:
    """Indexes by client, those used longest ago dropped when all of them grow too large."""

    def __init__(self, largest: int = LARGEST) -> None:
        self.largest = largest
        self._indexes: OrderedDict[str, HashIndex] = OrderedDict()
        self._guard = threading.Lock()

    def search(self, client: Client, hashes: list[bytes]) -> list[Near]:
        """Return the client's hashes near one of these, the nearest first, as of the last commit."""
        if not hashes:
            return []
        with self._guard:
            index = self._indexes.setdefault(client.pk, HashIndex())
            self._indexes.move_to_end(client.pk)
            _bring_up_to_date(index, client)
            self._make_room()
            return index.search(words(hashes))

    def _make_room(self) -> None:
        while len(self._indexes) > 1 and sum(map(len, self._indexes.values())) > self.largest:
            self._indexes.popitem(last=False)


def _bring_up_to_date(index: HashIndex, client: Client) -> None:
    while chunk := _after(client, index.newest):
        numbers, bits = zip(*chunk, strict=True)
        index.add(numbers, words(bits))
        if len(chunk) < CHUNK:
            break


def _after(client: Client, newest: int) -> list[tuple[int, bytes]]:
    rows = KnownHash.objects.filter(client=client, pk__gt=newest).order_by("pk").values_list("pk", "bits")
    return [(number, bytes(bits)) for number, bits in rows[:CHUNK]]


shelf = Shelf()
