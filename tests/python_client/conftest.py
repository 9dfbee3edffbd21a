"""Each test of the client runs twice: with the synchronous one, and with the asynchronous one behind the same calls."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import anyio
import pytest

from assay_client import Assay, AsyncAssay, Retries
from tests.webhooks import receiver
from tests.webhooks.receiver import Receiver

QUICK = Retries(attempts=4, first=0.01, longest=5)
Connect = Callable[..., Any]


class Awaited:
    """An :class:`AsyncAssay` that is called as if it were an :class:`Assay`; each call has a loop of its own."""

    def __init__(self, site: str, **options: Any) -> None:
        self.site, self.options = site, options

    def __getattr__(self, name: str) -> Callable[..., Any]:
        async def call(*args: Any, **named: Any) -> Any:
            async with AsyncAssay(self.site, **self.options) as assay:
                found = getattr(assay, name)(*args, **named)
                return iter([one async for one in found]) if isinstance(found, AsyncIterator) else await found

        return lambda *args, **named: anyio.run(lambda: call(*args, **named))


@pytest.fixture
def server() -> Iterator[Receiver]:
    with receiver.running() as running:
        yield running


@pytest.fixture(params=["sync", "async"])
def connect(request: pytest.FixtureRequest) -> Iterator[Connect]:
    """Make a client of either kind: ``connect(site, key=..., retries=...)``."""
    made: list[Assay] = []

    def connected(site: str, **options: Any) -> Any:
        options = {"key": "ask_1", "retries": QUICK, **options}
        if request.param == "async":
            return Awaited(site, **options)
        made.append(Assay(site, **options))
        return made[-1]

    yield connected
    for one in made:
        one.close()


@pytest.fixture
def assay(connect: Connect, server: Receiver) -> Any:
    return connect(server.url)
