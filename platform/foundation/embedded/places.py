"""Where the embedded services of a `var` folder are, known without starting them."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

DATABASE = "assay"
USER = "postgres"
PORT = 5432
_SOCKET_PATH_LIMIT = 107  # bytes of sockaddr_un.sun_path, without the closing zero
_LONGEST_SOCKET_NAME = f".s.PGSQL.{PORT}"
_PLAIN = re.compile(r"[A-Za-z0-9._/-]+")  # what every URL parser on the way leaves alone


@dataclass(frozen=True)
class Addresses:
    """Folders, sockets and URLs of the embedded services of one `var` folder."""

    data: Path
    """PostgreSQL's data folder."""
    sockets: Path
    """The folder of both sockets."""

    @property
    def redis_socket(self) -> Path:
        return self.sockets / "redis.sock"

    @property
    def database_url(self) -> str:
        """For django-environ, psycopg and psql alike; the port is said because PGPORT would win otherwise."""
        return self.database_url_of(DATABASE)

    def database_url_of(self, database: str) -> str:
        return f"postgres://{USER}@/{quote(database)}?host={quote(str(self.sockets))}&port={PORT}"

    @property
    def redis_url(self) -> str:
        """For Celery: broker and result backend."""
        return f"redis+socket://{self.redis_socket}"

    @property
    def cache_url(self) -> str:
        """The same Redis, for redis-py and Django's cache."""
        return client_url(self.redis_url)


def addresses(var: Path) -> Addresses:
    """Returns where the services of `var` are or would be. Pure: nothing is created, started or asked."""
    var = var.absolute()
    return Addresses(data=var / "postgres", sockets=_socket_folder(var))


def client_url(redis_url: str) -> str:
    """Returns a Redis URL as redis-py reads it: Celery's `redis+socket:///path?virtual_host=1` as `unix:///path?db=1`."""
    scheme, separator, rest = redis_url.partition("://")
    if scheme != "redis+socket":
        return redis_url
    return f"unix{separator}{rest.replace('virtual_host=', 'db=')}"


def _socket_folder(var: Path) -> Path:
    folder = var / "sockets"
    longest = str(folder / _LONGEST_SOCKET_NAME)
    if len(longest.encode()) <= _SOCKET_PATH_LIMIT and _PLAIN.fullmatch(longest):
        return folder
    digest = hashlib.sha256(str(var / "postgres").encode("utf-8", "surrogateescape")).hexdigest()
    return Path("/tmp") / f"assay-{digest[:16]}"  # noqa: S108 - any other folder could be too long again
