"""Loopback only: nothing here sends a packet anywhere else."""

import socket
from collections.abc import Iterator
from ipaddress import ip_address

import pytest

from tests.webhooks.receiver import Receiver, running


@pytest.fixture
def server() -> Iterator[Receiver]:
    with running() as receiver:
        yield receiver


@pytest.fixture
def packets(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Records every address that anything tries to connect to, and connects to none but loopback."""
    tried: list[object] = []
    connect = socket.socket.connect

    def recording(self: socket.socket, address: tuple[str, int]) -> None:
        tried.append(address[0])
        assert ip_address(address[0]).is_loopback, f"A packet would have gone to {address[0]}."
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", recording)
    return tried
