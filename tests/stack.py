"""The whole platform as processes: web, worker, courier and beat on the test's database, with a Redis of their own."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import override_settings

from assay.demo.house import programs
from foundation.embedded.folders import exclusive
from foundation.embedded.ports import choose_port
from foundation.embedded.redis import Redis
from foundation.embedded.supervisor import Program
from moderation.clients import services as clients
from moderation.registry.services import register_shipped
from moderation.verdicts import policies
from tests import services
from tests.factories import key

PATIENCE = 60.0
STATIC_STORAGE = "whitenoise.storage.CompressedManifestStaticFilesStorage"


class Stack:
    """Processes that a test starts, kills and asks; nothing restarts them but the test."""

    def __init__(self, folder: Path, **extra: str) -> None:
        self.folder = folder
        self.redis = Redis(folder)
        self.site = f"http://127.0.0.1:{choose_port(0)}"
        database = str(connection.settings_dict["NAME"])
        env = services.process_environment(
            database,
            REDIS_URL=self.redis.addresses.redis_url,
            ASSAY_VAR=str(folder),
            ASSAY_SITE_ADDRESS=self.site,
            ASSAY_ANALYSIS_LEASE_SECONDS="4",
            ASSAY_ALLOWED_PRIVATE_NETWORKS="127.0.0.0/8",
            ASSAY_ANALYSIS_THREADS="1",
            DJANGO_SETTINGS_MODULE="assay.settings",
            **{"ASSAY_RETRACTION_SECONDS": "1", **extra},
        )
        self.programs: dict[str, Program] = {one.name: one for one in programs(folder, self.site, env)}
        self.client_key, self.secret = key()

    def start(self, *names: str) -> None:
        for name in names:
            self.programs[name].start()
        if "web" in names:
            until(self._healthy, "web answers")

    def kill(self, name: str) -> None:
        """End a process as a power cut would."""
        self.signal(name, signal.SIGKILL)
        process = self.programs[name].process
        assert process is not None
        process.wait(10)

    def signal(self, name: str, number: int) -> None:
        process = self.programs[name].process
        assert process is not None
        os.kill(process.pid, number)

    def stop(self) -> None:
        for program in self.programs.values():
            program.ask_to_stop()
        for program in self.programs.values():
            program.stop()
        self.redis.stop()

    def http(self, secret: str | None = None) -> httpx.Client:
        headers = {"Authorization": f"Bearer {secret or self.secret}"}
        return httpx.Client(base_url=self.site, headers=headers, timeout=20)

    def submit(self, data: bytes, **fields: str) -> str:
        with self.http() as http:
            answer = http.post("/api/v1/submissions", files={"file": ("picture", data)}, data=fields)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def document(self, submission: str) -> dict[str, Any]:
        with self.http() as http:
            found: dict[str, Any] = http.get(f"/api/v1/submissions/{submission}").raise_for_status().json()
        return found

    def analysed(self, submission: str) -> dict[str, Any]:
        """Return the document once the submission is analysed."""
        until(lambda: self.document(submission)["state"] in {"analysed", "failed"}, f"{submission} is finished")
        return self.document(submission)

    def logs(self) -> str:
        return "\n".join(f"== {one}\n{one.read_text()[-3000:]}" for one in sorted((self.folder / "log").glob("*.log")))

    def log_lines(self, name: str) -> list[dict[str, Any]]:
        """Return the JSON lines of a process's log."""
        lines = (self.folder / "log" / f"{name}.log").read_text().splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def _healthy(self) -> bool:
        try:
            return httpx.get(f"{self.site}/healthz", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False


@contextmanager
def running(folder: Path, *names: str, **extra: str) -> Iterator[Stack]:
    """Furnish the database, start Redis and the named processes, and stop all of them at the end."""
    clients.ensure_roles()
    clients.anonymous_client()
    policies.default_version()
    register_shipped()
    (folder / "static").symlink_to(static_files())
    stack = Stack(folder, **extra)
    try:
        stack.redis.start()
        stack.start(*names)
        yield stack
    except BaseException:
        print(stack.logs())
        raise
    finally:
        stack.stop()


def static_files() -> Path:
    """Return the session's collected static files, as a web process serves them."""
    collected = Path(os.environ["ASSAY_VAR"]) / "static"
    with exclusive(collected.parent):
        if not (collected / "staticfiles.json").exists():
            production = {**settings.STORAGES, "staticfiles": {"BACKEND": STATIC_STORAGE}}
            with override_settings(STATIC_ROOT=collected, STORAGES=production):
                call_command("collectstatic", interactive=False, verbosity=0)
    return collected


def until(condition: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    """Wait until ``condition`` holds; fail, saying ``what`` did not come, after ``patience`` seconds."""
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"After {patience:.0f} s still not so: {what}")
        time.sleep(0.05)
