"""docs/integrate.md, block by block, against the whole platform."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

import httpx
import pytest

from foundation.embedded.ports import choose_port
from moderation.intake.models import Submission
from tests.integration import guide
from tests.services import ROOT
from tests.stack import Stack, running, until
from tests.webhooks import receiver

SAMPLES = ROOT / "samples"
PROGRAMS = {".sh": "sh", ".py": sys.executable, ".mjs": "node"}
LANGUAGES = ["python", "node"]
SUBMITS = {"python": ["submit.py", "submit_async.py"], "node": ["submit.mjs"], "curl": ["submit.sh"]}
RECEIVES = {"python": "receive.py", "node": "receive.mjs"}
RUN = {"endpoint.sh", "ping.sh", "events.sh", "verify.sh", *RECEIVES.values(), *chain(*SUBMITS.values())}


class Reader:
    """Somebody who follows the guide in a folder of their own."""

    def __init__(self, folder: Path, stack: Stack) -> None:
        self.folder, self.stack = folder, stack
        guide.write(folder)
        shutil.copy(SAMPLES / "coffee.jpg", folder / "picture.jpg")

    def start(self, name: str, **env: str) -> subprocess.Popen[bytes]:
        """Run a block as its language does; what it prints goes to ``<name>.out``."""
        program = shutil.which(PROGRAMS[Path(name).suffix])
        assert program, f"{name} needs {PROGRAMS[Path(name).suffix]}"
        given = {"ASSAY_URL": self.stack.site, "ASSAY_KEY": self.stack.secret, **env}
        path = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "clients" / "python")}
        output = (self.folder / f"{name}.out").open("wb")
        return subprocess.Popen(
            [program, name], cwd=self.folder, env={**path, **given}, stdin=subprocess.PIPE, stdout=output, stderr=output
        )

    def run(self, name: str, body: bytes = b"", **env: str) -> int:
        process = self.start(name, **env)
        process.communicate(body, timeout=150)
        return process.returncode

    def said(self, name: str) -> str:
        return (self.folder / f"{name}.out").read_text()

    def events(self, name: str) -> list[str]:
        """Return what a receiver printed of events, its server's own log left out."""
        return re.findall(r"^(?:ping|[a-z]+\.[a-z]+ ).*$", self.said(name), re.MULTILINE)

    def does(self, name: str, **env: str) -> str:
        """Run a block that succeeds, and return what it printed."""
        assert self.run(name, b"", **env) == 0, self.said(name)
        return self.said(name)


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    (tmp_path / "site").mkdir()
    with running(tmp_path / "site", "web", "worker", "courier", "beat") as started:
        yield started


@pytest.fixture
def reader(stack: Stack, tmp_path: Path) -> Reader:
    (tmp_path / "reader").mkdir()
    return Reader(tmp_path / "reader", stack)


@contextmanager
def receiving(reader: Reader, language: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Register an endpoint, and run the guide's receiver for it; give its address and the endpoint."""
    address = f"http://127.0.0.1:{choose_port(0)}"
    endpoint = json.loads(reader.does("endpoint.sh", RECEIVER_URL=address))
    port = address.rpartition(":")[2]
    process = reader.start(RECEIVES[language], PORT=port, ASSAY_WEBHOOK_SECRET=endpoint["secret"])
    try:
        until(lambda: listens(address), f"{RECEIVES[language]} listens")
        yield address, endpoint
    finally:
        process.kill()
        process.communicate()


def listens(address: str) -> bool:
    try:
        httpx.get(address)
    except httpx.ConnectError:
        return False
    except httpx.HTTPError:
        return True
    return True


def needs(language: str) -> None:
    if language == "node" and shutil.which("node") is None:
        pytest.skip("node is not installed: the guide's Node blocks were not run")


def test_every_named_block_of_the_guide_is_run_here() -> None:
    named = guide.BLOCK.findall(guide.GUIDE.read_text())

    assert set(guide.blocks()) == RUN
    assert len(named) == len(RUN)


@pytest.mark.integration
@pytest.mark.timeout(300)
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", LANGUAGES)
def test_guide_leads_from_a_picture_to_a_verified_webhook(reader: Reader, language: str) -> None:
    needs(language)
    for name in SUBMITS[language]:
        told = re.search(r"(sub_\w+) analysed", reader.does(name))
        assert told, reader.said(name)
        assert reader.stack.document(told[1])["external_id"] in {"post-42", "post-43"}

    with receiving(reader, language) as (address, endpoint):
        name = RECEIVES[language]
        reader.does("ping.sh", ENDPOINT=endpoint["id"])
        until(lambda: "ping" in reader.said(name), "the ping is verified")

        one = reader.stack.submit((SAMPLES / "astronaut.jpg").read_bytes())
        until(lambda: f"submission.analysed {one}" in reader.said(name), "the verdict is told")

        before = reader.events(name)
        forged = {"webhook-id": "evt_1", "webhook-timestamp": str(int(time.time())), "webhook-signature": "v1,AAAA"}
        assert httpx.post(address, headers=forged, content=b'{"type": "ping", "data": {}}').status_code == 401
        assert httpx.post(address, content=b"{}").status_code == 401
        assert reader.events(name) == before


@pytest.mark.integration
@pytest.mark.timeout(300)
@pytest.mark.django_db(transaction=True)
def test_guide_works_with_nothing_but_a_shell(reader: Reader) -> None:
    document = json.loads(reader.does("submit.sh"))
    assert document["verdict"]["label"] in {"real", "ai_generated", "edited", "uncertain"}
    assert json.loads(reader.does("submit.sh"))["id"] == document["id"]
    assert Submission.objects.count() == 1

    with receiver.running() as listener:
        endpoint = json.loads(reader.does("endpoint.sh", RECEIVER_URL=listener.url))
        reader.does("ping.sh", ENDPOINT=endpoint["id"])
        until(lambda: bool(listener.received), "the ping arrives")
        (ping,) = listener.received

    headers = {name.replace("-", "_").upper(): ping.headers[name] for name in ping.headers if "webhook" in name}
    assert set(headers) == {"WEBHOOK_ID", "WEBHOOK_TIMESTAMP", "WEBHOOK_SIGNATURE"}
    headers["ASSAY_WEBHOOK_SECRET"] = endpoint["secret"]
    assert reader.run("verify.sh", ping.body, **headers) == 0, reader.said("verify.sh")
    assert reader.said("verify.sh") == "verified\n"
    assert reader.run("verify.sh", ping.body + b" ", **headers) == 1
    for change in ({"WEBHOOK_ID": "evt_1"}, {"WEBHOOK_TIMESTAMP": "0"}, {"WEBHOOK_TIMESTAMP": "a[$(touch x)]"}):
        assert reader.run("verify.sh", ping.body, **headers | change) == 1
    assert not (reader.folder / "x").exists()

    events = json.loads(reader.does("events.sh"))["results"]
    assert {one["type"] for one in events} >= {"submission.analysed"}
