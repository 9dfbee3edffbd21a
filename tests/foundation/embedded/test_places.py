from pathlib import Path

import environ
import pytest
from kombu.utils.url import url_to_parts

from foundation.embedded import addresses, client_url


def test_addresses_touch_nothing(tmp_path: Path) -> None:
    addresses(tmp_path / "var")
    assert list(tmp_path.iterdir()) == []


def test_a_short_plain_path_keeps_its_sockets_under_var() -> None:
    found = addresses(Path("/srv/assay/var"))
    assert found.data == Path("/srv/assay/var/postgres")
    assert found.sockets == Path("/srv/assay/var/sockets")
    assert found.database_url == "postgres://postgres@/assay?host=/srv/assay/var/sockets&port=5432"
    assert found.redis_url == "redis+socket:///srv/assay/var/sockets/redis.sock"
    assert found.cache_url == "unix:///srv/assay/var/sockets/redis.sock"


@pytest.mark.parametrize(
    "var",
    ["/srv/" + "x" * 200, "/srv/with space/var", "/srv/müsli/var", "/srv/50%/var", "/srv/a?b/var", "/srv/a&b/var"],
)
def test_a_long_or_odd_path_has_its_sockets_in_tmp(var: str) -> None:
    found = addresses(Path(var))
    assert found.sockets.parent == Path("/tmp")
    assert found.sockets.name.startswith("assay-")
    assert found.data == Path(var) / "postgres"


def test_two_long_paths_do_not_share_their_sockets() -> None:
    first, second = addresses(Path("/srv/" + "x" * 200)), addresses(Path("/srv/" + "x" * 201))
    assert first.sockets != second.sockets


@pytest.mark.parametrize(("length", "fits"), [(107, True), (108, False)])
def test_the_limit_is_that_of_a_unix_socket(length: int, fits: bool) -> None:
    rest = "/sockets/.s.PGSQL.5432"
    var = Path("/" + "v" * (length - len(rest) - 1))
    assert len(str(var) + rest) == length
    assert addresses(var).sockets.is_relative_to(var) is fits


def test_django_environ_reads_the_database_url_with_its_case_kept() -> None:
    config = environ.Env.db_url_config(addresses(Path("/srv/Assay/Var")).database_url)
    assert config["ENGINE"] == "django.db.backends.postgresql"
    assert (config["NAME"], config["USER"]) == ("assay", "postgres")
    assert config["OPTIONS"] == {"host": "/srv/Assay/Var/sockets", "port": 5432}


def test_celery_reads_the_redis_url_with_its_case_kept() -> None:
    parts = url_to_parts(addresses(Path("/srv/Assay/var")).redis_url)
    assert (parts.scheme, parts.path) == ("redis+socket", "srv/Assay/var/sockets/redis.sock")


@pytest.mark.parametrize(
    ("celery", "redis_py"),
    [
        ("redis+socket:///run/redis.sock", "unix:///run/redis.sock"),
        ("redis+socket:///run/redis.sock?virtual_host=3", "unix:///run/redis.sock?db=3"),
        ("redis://:secret@cache:6379/2", "redis://:secret@cache:6379/2"),
        ("rediss://cache:6380/0", "rediss://cache:6380/0"),
    ],
)
def test_client_url_is_the_same_redis_for_redis_py(celery: str, redis_py: str) -> None:
    assert client_url(celery) == redis_py
