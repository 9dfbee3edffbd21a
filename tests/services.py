"""The PostgreSQL and Redis of a test session: private, without fsync, under `var/test/<process id>`.

The environment is prepared before Django reads its settings (`tests.settings` calls `prepare`); the servers are
started and stopped by the process that controls the session, and pytest-xdist's workers inherit their addresses.
With DATABASE_URL and REDIS_URL set beforehand, those are used and nothing is started.
"""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from foundation.embedded.errors import SetupError
from foundation.embedded.services import Services, addresses, start

ROOT = Path(__file__).resolve().parents[1]
SESSIONS = ROOT / "var" / "test"
_SESSION = "ASSAY_TEST_SESSION"  # set for everything that a session starts
_OWN = "own"
_GIVEN = "given"
_WITHOUT_SERVICES = ("tests/detector", "tests/scripts")


def prepare() -> None:
    """Sets ASSAY_VAR, DATABASE_URL, REDIS_URL, a known engine and draws of nothing, for this and what it starts."""
    os.environ.setdefault("ASSAY_ENGINE", "torch")
    os.environ.update({"ASSAY_SECOND_REVIEW_SHARE": "0", "ASSAY_GOLD_SHARE": "0"})
    if _SESSION not in os.environ:
        _begin_session()
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if os.environ[_SESSION] == _OWN and worker.startswith("gw") and "?" not in os.environ["REDIS_URL"]:
        os.environ["REDIS_URL"] += f"?virtual_host={int(worker[2:]) + 1}"


def launch(arguments: Sequence[str]) -> Services | None:
    """Starts the session's services unless they were given, or no test in `arguments` wants them."""
    _remove_dead_sessions()
    if os.environ.get(_SESSION) != _OWN or not _wanted(arguments):
        return None
    try:
        return start(Path(os.environ["ASSAY_VAR"]), fsync=False)
    except SetupError as error:
        pytest.exit(str(error), returncode=1)


def finish(services: Services) -> None:
    """Stops them and removes their folder."""
    services.stop()
    shutil.rmtree(os.environ["ASSAY_VAR"], ignore_errors=True)


def process_environment(database: str | None = None, **extra: str) -> dict[str, str]:
    """Returns the environment for a process of the site (a worker, a server) that shares this test's database.

    `database` is the name of the database: `connection.settings_dict["NAME"]` inside a test, which by then is the
    test database of this worker. Only for tests with committed data: `@pytest.mark.django_db(transaction=True)`.
    """
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}", "PYTHONUNBUFFERED": "1"}
    if database is not None:
        environment["DATABASE_URL"] = _same_server(os.environ["DATABASE_URL"], database)
    return {**environment, **extra}


def _begin_session() -> None:
    os.environ[_SESSION] = _GIVEN if {"DATABASE_URL", "REDIS_URL"} <= os.environ.keys() else _OWN
    var = SESSIONS / str(os.getpid())
    os.environ["ASSAY_VAR"] = str(var)
    (var / "static").mkdir(parents=True, exist_ok=True)  # Whitenoise warns of a missing one at every request
    if os.environ[_SESSION] == _OWN:
        os.environ["DATABASE_URL"] = addresses(var).database_url
        os.environ["REDIS_URL"] = addresses(var).redis_url


def _wanted(arguments: Sequence[str]) -> bool:
    return not arguments or not all(_does_without(argument) for argument in arguments)


def _does_without(argument: str) -> bool:
    path = Path(argument.partition("::")[0]).resolve()
    return any(path.is_relative_to(ROOT / folder) for folder in _WITHOUT_SERVICES)


def _same_server(database_url: str, database: str) -> str:
    base, question, options = database_url.partition("?")
    return f"{base.rpartition('/')[0]}/{database}{question}{options}"


def _remove_dead_sessions() -> None:
    if not SESSIONS.is_dir():
        return
    for folder in SESSIONS.iterdir():
        if folder.name.isdecimal() and not Path(f"/proc/{folder.name}").exists():
            shutil.rmtree(folder, ignore_errors=True)
