"""What gunicorn refuses by itself is a problem document too."""

import json
import runpy
import socket

import pytest
from gunicorn import util  # type: ignore[import-untyped]

from assay.refusals import write_problem
from tests.services import ROOT


def answered(status: int, reason: str, message: str) -> tuple[str, dict[str, object]]:
    here, there = socket.socketpair()
    with here, there:
        write_problem(here, status, reason, message)
        head, _, body = there.recv(10_000).decode().partition("\r\n\r\n")
    assert f"Content-Length: {len(body)}" in head
    return head, json.loads(body)


@pytest.mark.parametrize(
    ("status", "reason", "code"),
    [
        (400, "Bad Request", "malformed"),
        (414, "URI Too Long", "malformed"),
        (431, "Request Header Fields Too Large", "malformed"),
        (500, "Internal Server Error", "internal"),
    ],
)
def test_refusal_is_a_problem_with_its_status(status: int, reason: str, code: str) -> None:
    head, body = answered(status, reason, "<script>what was sent</script>")

    assert head.startswith(f"HTTP/1.1 {status} {reason}\r\n")
    assert "Content-Type: application/problem+json" in head
    assert (body["status"], body["code"]) == (status, code)
    assert body["type"] == f"http://127.0.0.1:8000/problems/{code}"
    assert "script" not in str(body)


def test_web_process_writes_refusals_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(util, "write_error", util.write_error)

    runpy.run_path(str(ROOT / "deploy" / "gunicorn.conf.py"))["post_worker_init"](None)

    assert util.write_error is write_problem
