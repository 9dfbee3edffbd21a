"""One PostgreSQL and one Redis for the whole session, whichever tests run."""

import pytest

from foundation.embedded.services import Services
from tests import services

_SERVICES = pytest.StashKey[Services]()


def pytest_configure(config: pytest.Config) -> None:
    services.prepare()
    if hasattr(config, "workerinput"):
        return
    started = services.launch(config.args)
    if started is not None:
        config.stash[_SERVICES] = started


def pytest_unconfigure(config: pytest.Config) -> None:
    started = config.stash.get(_SERVICES, None)
    if started is not None:
        services.finish(started)
