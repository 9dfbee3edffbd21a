"""Starts and stops the embedded PostgreSQL and Redis of one `var` folder."""

from pathlib import Path
from types import TracebackType

from foundation.embedded.places import Addresses, addresses, client_url
from foundation.embedded.postgres import Postgres
from foundation.embedded.redis import Redis

__all__ = ["Addresses", "Services", "addresses", "client_url", "start"]


class Services:
    """Both services; a context manager that stops what it started."""

    def __init__(self, var: Path, *, fsync: bool = True) -> None:
        self.postgres = Postgres(var, fsync=fsync)
        self.redis = Redis(var)
        self.addresses = addresses(var)

    @property
    def database_url(self) -> str:
        return self.addresses.database_url

    @property
    def redis_url(self) -> str:
        return self.addresses.redis_url

    @property
    def cache_url(self) -> str:
        return self.addresses.cache_url

    def start(self) -> None:
        """Starts what does not run yet; on failure nothing that was started here stays. Raises SetupError."""
        try:
            self.postgres.start()
            self.redis.start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        self.redis.stop()
        self.postgres.stop()

    def __enter__(self) -> "Services":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start(var: Path, *, fsync: bool = True) -> Services:
    """Returns the running services of `var`, for as long as the calling thread lives. Raises SetupError.

    `fsync=False` trades the data's safety for speed: for tests only.
    """
    services = Services(var, fsync=fsync)
    services.start()
    return services
