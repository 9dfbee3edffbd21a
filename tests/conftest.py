"""One PostgreSQL and one Redis for the whole session, whichever tests run."""

from typing import Any

import pytest
from django.db import connection

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


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Let tests with committed data empty the audit log between them; its rows stay guarded."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER audit_table_stays")
