from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from tests.webhooks import receiver


@pytest.fixture
def hooks() -> Iterator[receiver.Receiver]:
    with receiver.running() as running:
        yield running


@pytest.fixture(autouse=True)
def _loopback_allowed(settings: Settings) -> None:
    settings.ALLOWED_PRIVATE_NETWORKS = ["127.0.0.0/8", "::1/128"]
