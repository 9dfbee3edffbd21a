import os
import shutil
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from foundation.embedded import services
from foundation.embedded.errors import SetupError
from foundation.embedded.postgres import Postgres
from foundation.embedded.redis import Redis
from foundation.embedded.services import Services
from tests.foundation.embedded.processes import eventually, first_line, living_with, python

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose services have run once, so that the tests need not wait for initdb each time."""
    var = tmp_path_factory.mktemp("prepared")
    with services.start(var, fsync=False):
        pass
    return var


@pytest.fixture
def var(prepared: Path) -> Iterator[Path]:
    yield prepared
    assert eventually(lambda: living_with(str(prepared)) == [], 5)


def test_both_answer_at_their_addresses_and_are_gone_after_stop(var: Path) -> None:
    with services.start(var, fsync=False) as running:
        with psycopg.connect(running.database_url) as connection:
            row = connection.execute("SELECT current_database(), current_user").fetchone()
        assert row == ("assay", "postgres")
        client = redis.Redis.from_url(running.cache_url)
        assert client.set("key", "value") is True
        client.close()
        assert sorted(set(living_with(str(var)))) == ["postgres", "redis-server"]
    assert living_with(str(var)) == []
    assert not (var / "postgres" / "postmaster.pid").exists()


def test_neither_listens_on_the_network(var: Path) -> None:
    with services.start(var, fsync=False) as running:
        with psycopg.connect(running.database_url) as connection:
            assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        client = redis.Redis.from_url(running.cache_url)
        assert client.config_get("port") == {"port": "0"}
        client.close()


def test_redis_keeps_nothing_on_disk_and_evicts_nothing(var: Path) -> None:
    with services.start(var, fsync=False) as running:
        client = redis.Redis.from_url(running.cache_url)
        assert client.config_get("save") == {"save": ""}
        assert client.config_get("appendonly") == {"appendonly": "no"}
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        client.close()


@pytest.mark.parametrize(("fsync", "shown"), [(True, "on"), (False, "off")])
def test_fsync_is_what_was_asked_for(var: Path, fsync: bool, shown: str) -> None:
    with services.start(var, fsync=fsync) as running, psycopg.connect(running.database_url) as connection:
        assert connection.execute("SHOW fsync").fetchone() == (shown,)


def test_a_second_start_keeps_the_data_and_takes_less_than_two_seconds(var: Path) -> None:
    with services.start(var, fsync=False) as running, psycopg.connect(running.database_url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('here')")
    began = time.monotonic()
    with services.start(var, fsync=False) as running:
        assert time.monotonic() - began < 2
        with psycopg.connect(running.database_url) as connection:
            assert connection.execute("SELECT word FROM kept").fetchone() == ("here",)


def test_a_second_caller_uses_what_runs_and_does_not_stop_it(var: Path) -> None:
    with services.start(var, fsync=False) as first:
        with services.start(var, fsync=False) as second:
            assert second.postgres.process is None
            assert second.redis.process is None
            assert second.postgres.running()
            assert second.redis.running()
        assert first.postgres.running()
        assert first.redis.running()


def test_two_starts_at_once_give_one_server_of_each(var: Path) -> None:
    started: list[Services] = []
    done = threading.Event()

    def start() -> None:
        started.append(services.start(var, fsync=False))
        done.wait()

    threads = [threading.Thread(target=start) for _ in range(2)]
    for thread in threads:
        thread.start()
    assert eventually(lambda: len(started) == 2, 10)
    owners = [each.postgres.process for each in started], [each.redis.process for each in started]
    for each in started:
        each.stop()
    done.set()
    for thread in threads:
        thread.join()
    assert [sum(process is not None for process in processes) for processes in owners] == [1, 1]


def test_killing_the_parent_leaves_nothing_and_the_next_start_works(var: Path) -> None:
    parent = python("tests.foundation.embedded.parent", str(var))
    assert first_line(parent) == "ready"
    parent.kill()
    parent.wait()
    assert eventually(lambda: living_with(str(var)) == [], 5)
    with services.start(var, fsync=False) as running:
        assert running.postgres.running()


def test_a_killed_postgres_starts_again_although_its_zombie_holds_the_lock_file(var: Path) -> None:
    with services.start(var, fsync=False) as running:
        assert running.postgres.process is not None
        os.kill(running.postgres.process.pid, 9)
        assert eventually(lambda: not running.postgres.running(), 2)
        assert (var / "postgres" / "postmaster.pid").exists()
        running.postgres.start()
        psycopg.connect(running.database_url).close()


def test_a_lock_file_that_names_a_strange_process_does_not_stop_the_start(var: Path) -> None:
    lock = var / "postgres" / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n{var / 'postgres'}\n")
    with services.start(var, fsync=False) as running:
        assert running.postgres.running()


def test_an_interrupted_initdb_leaves_nothing_that_stops_the_next_start(var: Path) -> None:
    unfinished = var / "postgres.new"
    unfinished.mkdir()
    (unfinished / "half").touch()
    (var / "postgres").rename(var / "postgres.old")
    try:
        with services.start(var, fsync=False) as running:
            psycopg.connect(running.database_url).close()
    finally:
        shutil.rmtree(var / "postgres.old")
    assert not unfinished.exists()


def test_a_path_that_is_too_long_and_odd_still_works(tmp_path: Path) -> None:
    var = tmp_path / ("Long folder " + "x" * 100) / "ü"
    try:
        with services.start(var, fsync=False) as running:
            assert running.addresses.sockets.parent == Path("/tmp")
            psycopg.connect(running.database_url).close()
            assert running.redis.running()
    finally:
        running.addresses.sockets.rmdir()


def test_no_parent_folder_changes_its_permissions(tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    with services.start(private / "var", fsync=False):
        assert stat.S_IMODE(private.stat().st_mode) == 0o700


def test_the_server_is_never_root(var: Path) -> None:
    with services.start(var, fsync=False) as running:
        assert running.postgres.process is not None
        status = Path(f"/proc/{running.postgres.process.pid}/status").read_text()
        uids = next(line for line in status.splitlines() if line.startswith("Uid:")).split()[1:]
        assert "0" not in uids


def test_settings_of_the_person_do_not_reach_the_server(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPORT", "6000")
    monkeypatch.setenv("PGDATABASE", "other")
    monkeypatch.setenv("PGUSER", "stranger")
    with services.start(var, fsync=False) as running, psycopg.connect(running.database_url) as connection:
        assert connection.execute("SELECT current_database()").fetchone() == ("assay",)


def test_redis_alone_stops_and_starts_again_at_the_same_address(var: Path) -> None:
    server = Redis(var)
    server.start()
    server.stop()
    assert not server.running()
    assert not server.addresses.redis_socket.exists()
    server.start()
    assert server.running()
    server.stop()


def test_a_folder_of_sockets_that_belongs_to_somebody_else_is_refused(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder away")
    server = Redis(tmp_path)
    server.addresses.sockets.mkdir()
    os.chown(server.addresses.sockets, 12345, 12345)
    with pytest.raises(SetupError, match=r"sockets belongs to another user; remove it"):
        server.start()
    assert not server.running()


def test_a_data_folder_of_another_version_ends_in_one_sentence(tmp_path: Path) -> None:
    server = Postgres(tmp_path, fsync=False)
    server.start()
    server.stop()
    (tmp_path / "postgres" / "PG_VERSION").write_text("9\n")
    with pytest.raises(SetupError) as caught:
        server.start()
    assert str(caught.value).startswith("PostgreSQL did not start: ")
    assert str(caught.value).endswith(f"(see {tmp_path / 'log' / 'postgres.log'}).")
    assert "\n" not in str(caught.value)
    assert not server.running()
