"""The commands of docker-compose.yml, run to the letter as processes against the embedded services."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from foundation.embedded.ports import choose_port
from foundation.embedded.process import launch, stop
from foundation.embedded.redis import Redis
from tests import services
from tests.deploy import compose
from tests.deploy.compose import ROOT
from tests.factories import picture
from tests.stack import until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]
HOST = "assay.example.com"
DATABASE = "compose_commands"
KEY = """
from moderation.clients import services
from moderation.clients.models import Client, Scope
print("secret:", services.create_key(Client.objects.create(name="C", slug="c"), "k", list(Scope), actor="test")[1])
"""


class House:
    """One database, one Redis, one folder, and the processes of the compose file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = choose_port(0)
        self.redis = Redis(folder)
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def environment(self, service: str) -> dict[str, str]:
        """Return the compose file's environment for the service, but for the addresses of this machine."""
        given = {
            "ASSAY_SECRET_KEY": "a-secret-of-this-test-alone-that-is-longer-than-fifty-characters",
            "ASSAY_ALLOWED_HOSTS": HOST,
            "ASSAY_SITE_ADDRESS": f"https://{HOST}",
            "ASSAY_BEHIND_PROXY": "true",
            "ASSAY_ANALYSIS_THREADS": "1",
            "POSTGRES_PASSWORD": "unused",
        }
        here = {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}",
            "DATABASE_URL": services.process_environment(DATABASE)["DATABASE_URL"],
            "REDIS_URL": self.redis.addresses.redis_url,
            "ASSAY_VAR": str(self.folder),
            "PROMETHEUS_MULTIPROC_DIR": str(self.folder / "metrics"),
            "HOME": str(self.folder),
        }
        bind = {"ASSAY_WEB_BIND": f"127.0.0.1:{self.port}"} if service == "web" else {}
        return {**compose.environment(service, given), **here, **bind}

    def run(self, service: str, command: list[str]) -> subprocess.CompletedProcess[str]:
        env = self.environment(service)
        return subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)

    def start(self, service: str) -> None:
        command = compose.command(service)
        self.running[service] = launch(command, self.log(service), env=self.environment(service), cwd=ROOT)

    def log(self, service: str) -> Path:
        return self.folder / "log" / f"{service}.log"

    def probe(self, service: str) -> subprocess.CompletedProcess[str]:
        return self.run(service, compose.probe(service))

    def http(self, secret: str = "") -> httpx.Client:
        headers = {"Host": HOST, "X-Forwarded-Proto": "https"} | (
            {"Authorization": f"Bearer {secret}"} if secret else {}
        )
        return httpx.Client(base_url=f"http://127.0.0.1:{self.port}", headers=headers, timeout=20)

    def close(self) -> None:
        for process in self.running.values():
            stop(process, grace=20)
        self.redis.stop()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Everything that the compose file starts, after its one-shot job has ended."""
    made = House(tmp_path_factory.mktemp("compose"))
    server = services.process_environment("postgres")["DATABASE_URL"]
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {DATABASE}")
    try:
        made.redis.start()
        assert made.run("web", ["python", "manage.py", "collectstatic", "--noinput"]).returncode == 0
        prepared = made.run("migrate", compose.command("migrate"))
        assert prepared.returncode == 0, prepared.stderr[-2000:]
        for service in ("web", "worker", "courier", "trainer", "beat"):
            made.start(service)
        yield made
    finally:
        made.close()
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")


def told(house: House, path: str, **headers: str) -> Any:
    with house.http() as http:
        return http.get(path, headers=headers)


@pytest.mark.parametrize("service", ["web", "worker", "courier", "trainer", "beat"])
def test_command_runs_until_its_own_health_check_succeeds(house: House, service: str) -> None:
    until(lambda: house.probe(service).returncode == 0, f"{service} is healthy", patience=90)

    assert house.running[service].poll() is None
    assert house.probe(service).stdout == "healthy\n"


def test_migration_may_run_again(house: House) -> None:
    again = house.run("migrate", compose.command("migrate"))

    assert again.returncode == 0
    assert "No migrations to apply" in again.stdout


def test_health_check_of_a_service_that_does_not_run_fails(house: House) -> None:
    env = {**house.environment("web"), "ASSAY_WEB_BIND": f"127.0.0.1:{choose_port(0)}"}

    refused = subprocess.run(compose.probe("web"), env=env, cwd=ROOT, capture_output=True, check=False)

    assert refused.returncode == 1
    assert refused.stdout == b"URLError\n"


def test_site_is_ready_and_an_image_goes_all_the_way(house: House) -> None:
    until(lambda: told(house, "/readyz").status_code == 200, "the site is ready", patience=90)
    made = house.run("web", ["python", "manage.py", "shell", "--no-imports", "--command", KEY])
    found = re.search(r"secret: (\S+)", made.stdout)
    assert found is not None, made.stderr[-2000:]

    with house.http(found[1]) as http:
        sent = http.post("/api/v1/submissions", files={"file": ("picture.png", picture(96, 96))})
        assert sent.status_code == 202, sent.text
        path = f"/api/v1/submissions/{sent.json()['id']}"
        until(lambda: http.get(path).json()["state"] == "analysed", "it is judged", patience=90)
        document = http.get(path).json()

    assert document["verdict"]["decided_by"] == "policy"
    assert document["links"]["page"].startswith(f"https://{HOST}/results/sub_")
    metrics = told(house, "/metrics").text
    assert 'assay_submissions_total{source="api"} 1.0' in metrics
    assert re.search(r'assay_verdicts_total\{[^}]*decided_by="policy"[^}]*\} 1\.0', metrics)
    assert 'assay_queue_depth{priority="normal"} 0.0' in metrics


def test_people_are_sent_to_https_but_health_checks_are_not(house: House) -> None:
    until(lambda: house.probe("web").returncode == 0, "web is healthy", patience=90)

    plain = told(house, "/", **{"X-Forwarded-Proto": "http"})

    assert (plain.status_code, plain.headers["location"]) == (301, f"https://{HOST}/")
    assert told(house, "/healthz", **{"X-Forwarded-Proto": "http"}).status_code == 200


def test_request_through_a_proxy_may_not_read_the_metrics(house: House) -> None:
    until(lambda: house.probe("web").returncode == 0, "web is healthy", patience=90)

    assert told(house, "/metrics", **{"X-Forwarded-For": "203.0.113.9"}).status_code == 403


def test_web_logs_json_lines_without_probes_and_queries(house: House) -> None:
    until(lambda: house.probe("web").returncode == 0, "web is healthy", patience=90)
    told(house, "/problems/invalid?signature=not-for-the-log")

    until(lambda: '"/problems/invalid"' in house.log("web").read_text(), "the request is logged")
    lines = house.log("web").read_text().splitlines()
    assert [line for line in lines if not line.startswith("{")] == []
    assert "not-for-the-log" not in house.log("web").read_text()
    assert '"path": "/healthz"' not in house.log("web").read_text()
