"""The containers' health checks say no when something is wrong."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from django.db import connection
from django.utils import timezone

from moderation.analysis.models import WorkerSeen
from tests import services
from tests.services import ROOT

pytestmark = pytest.mark.integration
HERE = f"worker@{socket.gethostname()}"


def probe(*arguments: str, **environment: str) -> tuple[int, str]:
    command = [sys.executable, "deploy/probe.py", *arguments]
    env = {**os.environ, **environment}
    done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, (done.stdout + done.stderr).strip()


@pytest.fixture
def site() -> Iterator[ThreadingHTTPServer]:
    """A server that is alive but not ready, and that answers to one host name alone."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = self.headers["Host"] == "assay.example.com"
            self.send_response(400 if not known else 200 if self.path == "/healthz" else 503)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


@pytest.mark.parametrize("arguments", [[], ["postgres"], ["web", "beat"]])
def test_unknown_part_is_wrong_usage(arguments: list[str]) -> None:
    assert probe(*arguments) == (2, "usage: probe.py web|ready|worker|courier|trainer|beat")


@pytest.mark.parametrize("hosts", ["assay.example.com,localhost", " assay.example.com "])
def test_site_is_asked_under_the_first_name_that_it_accepts(site: ThreadingHTTPServer, hosts: str) -> None:
    where = {"ASSAY_WEB_BIND": f"0.0.0.0:{site.server_port}", "ASSAY_ALLOWED_HOSTS": hosts}

    assert probe("web", **where) == (0, "healthy")
    assert probe("ready", **where) == (1, "/readyz answers 503")


def test_site_that_does_not_accept_the_name_is_not_healthy(site: ThreadingHTTPServer) -> None:
    where = {"ASSAY_WEB_BIND": f"127.0.0.1:{site.server_port}", "ASSAY_ALLOWED_HOSTS": "*"}

    assert probe("web", **where) == (1, "/healthz answers 400")


@pytest.mark.django_db(transaction=True)
def test_worker_is_healthy_while_its_own_heartbeat_is_fresh() -> None:
    database = services.process_environment(str(connection.settings_dict["NAME"]))["DATABASE_URL"]
    WorkerSeen.objects.create(name="worker@elsewhere", device="cpu", seen_at=timezone.now())
    assert probe("worker", DATABASE_URL=database) == (1, "no heartbeat within 60 s")

    WorkerSeen.objects.create(name=HERE, device="cpu", seen_at=timezone.now())
    assert probe("worker", DATABASE_URL=database) == (0, "healthy")

    WorkerSeen.objects.filter(name=HERE).update(seen_at=timezone.now() - timedelta(seconds=61))
    assert probe("worker", DATABASE_URL=database) == (1, "no heartbeat within 60 s")


def test_fault_is_named_without_the_address_and_its_password() -> None:
    unreachable = "postgres://assay:hunter2@127.0.0.1:1/assay"

    assert probe("worker", DATABASE_URL=unreachable) == (1, "OperationalError")


def test_courier_that_does_not_run_does_not_answer() -> None:
    assert probe("courier") == (1, f"courier@{socket.gethostname()} does not answer")


def test_beat_is_healthy_while_it_writes_its_schedule(tmp_path: Path) -> None:
    assert probe("beat", ASSAY_VAR=str(tmp_path))[0] == 1
    schedule = tmp_path / "beat-schedule.db"
    schedule.touch()
    assert probe("beat", ASSAY_VAR=str(tmp_path)) == (0, "healthy")

    long_ago = time.time() - 601
    os.utime(schedule, (long_ago, long_ago))
    assert probe("beat", ASSAY_VAR=str(tmp_path)) == (1, "the schedule was not written lately")
