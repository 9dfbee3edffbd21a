"""One JSON object a line on stderr, whoever logs, with what was bound on the way."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
START = "import logging, structlog\nfrom foundation import logs\nlogs.configure('INFO')\n"


def logged(code: str) -> list[dict[str, Any]]:
    """Return what a fresh process logs, each line read as JSON."""
    result = subprocess.run(
        [sys.executable, "-c", START + code],
        cwd=ROOT,
        env={"PYTHONPATH": "platform"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout == ""
    return [json.loads(line) for line in result.stderr.splitlines()]


def test_event_has_its_name_level_logger_time_and_values() -> None:
    (line,) = logged("structlog.get_logger('a.b').info('accepted', submission='sub_1', bytes=3)")

    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "accepted", "level": "info", "logger": "a.b", "submission": "sub_1", "bytes": 3}


def test_standard_library_logs_in_the_same_form() -> None:
    (line,) = logged("logging.getLogger('django.x').warning('%s went wrong', 'it')")

    assert (line["event"], line["level"], line["logger"]) == ("it went wrong", "warning", "django.x")


def test_what_is_bound_stands_on_every_line_until_it_is_let_go() -> None:
    inner, outer = logged(
        "with structlog.contextvars.bound_contextvars(request_id='req_1'):\n"
        "    logging.getLogger('x').info('inside')\n"
        "structlog.get_logger('x').info('outside')\n"
    )

    assert inner["request_id"] == "req_1"
    assert "request_id" not in outer


@pytest.mark.parametrize(
    "code",
    [
        "structlog.get_logger('x').exception('failed')",
        "logging.getLogger('x').exception('failed')",
    ],
)
def test_traceback_is_one_line_like_any_other(code: str) -> None:
    (line,) = logged(f"try:\n    1 / 0\nexcept ZeroDivisionError:\n    {code}\n")

    assert (line["event"], line["level"]) == ("failed", "error")
    assert line["exception"].splitlines()[-1] == "ZeroDivisionError: division by zero"


def test_line_breaks_and_odd_values_cannot_forge_a_line() -> None:
    (line,) = logged(
        "structlog.get_logger('x').info('a\\n{\"event\": \"forged\"}', value=object(), name='\\u2028\\x00')"
    )

    assert line["event"] == 'a\n{"event": "forged"}'
    assert line["value"].startswith("<object object")
    assert line["name"] == "\u2028\x00"


def test_what_is_below_the_level_is_not_logged() -> None:
    assert logged("structlog.get_logger('x').debug('quiet')") == []


def test_configuring_twice_logs_once() -> None:
    assert len(logged("logs.configure('INFO')\nstructlog.get_logger('x').info('once')")) == 1
