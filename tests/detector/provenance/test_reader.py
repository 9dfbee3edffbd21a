"""The process that reads manifests: it may crash, hang or grow, and the next file is read all the same."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detector.provenance import examine, reader
from detector.provenance.reader import PROGRAM, ManifestReader, ReaderDied
from tests.detector.provenance.files import chunk, plain, png, segment
from tests.detector.provenance.signing import authority, signed

JPEG = "image/jpeg"
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
CRASHES = "import ctypes\nctypes.string_at(0)\n"
GROWS = "import resource\nresource.setrlimit(resource.RLIMIT_AS, (300_000_000,) * 2)\nbytes(2_000_000_000)\n"
STARVES = "import time\ntime.sleep(60)\n"
HANGS = "import signal, time\nsignal.setitimer(signal.ITIMER_REAL, 0.2)\ntime.sleep(60)\n"
BABBLES = "print('not json', flush=True)\nimport time\ntime.sleep(60)\n"


@pytest.fixture(scope="module")
def picture() -> bytes:
    return signed(authority())


@pytest.mark.parametrize("program", [CRASHES, GROWS, HANGS, STARVES, BABBLES, "", "raise SystemExit(3)\n"])
def test_a_process_that_does_not_answer_is_a_reader_that_died(tmp_path: Path, program: str) -> None:
    script = tmp_path / "program.py"
    script.write_text("import sys\nsys.stdin.buffer.readline()\n" + program + "sys.stdout.flush()\n")
    asked = ManifestReader(script, seconds=0.5, patience=1.0)
    started = time.monotonic()
    with pytest.raises(ReaderDied):
        asked.read(b"picture", JPEG, "")
    assert time.monotonic() - started < 20
    asked.close()


def test_the_next_file_is_read_by_another_process(picture: bytes) -> None:
    asked = ManifestReader()
    assert asked.read(picture, JPEG, "")["state"] == "Valid"
    first = asked._process
    assert first is not None
    first.kill()
    first.wait()
    assert asked.read(picture, JPEG, "")["state"] == "Valid"
    assert asked._process is not first
    asked.close()


def test_one_process_serves_many_files_and_threads(picture: bytes) -> None:
    asked = ManifestReader()
    answers: list[str] = []
    threads = [
        threading.Thread(target=lambda: answers.append(asked.read(picture, JPEG, "")["state"])) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == ["Valid"] * 8
    asked.close()


def test_time_is_up_in_native_code_too(picture: bytes) -> None:
    asked = ManifestReader(seconds=0.000001)
    with pytest.raises(ReaderDied):
        asked.read(picture * 50, JPEG, "")
    asked.close()


def test_the_process_ends_with_the_one_that_asked() -> None:
    code = (
        "import os\nfrom detector.provenance.reader import ManifestReader\nasked = ManifestReader()\n"
        f"asked.read({plain(JPEG)!r}, 'image/jpeg', '')\nprint(asked._process.pid, flush=True)\nos._exit(0)\n"
    )
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    gone = Path("/proc", made.stdout.strip())
    deadline = time.monotonic() + 10
    while gone.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not gone.exists()


def test_a_dead_reader_is_an_unreadable_manifest(
    monkeypatch: pytest.MonkeyPatch, picture: bytes, tmp_path: Path
) -> None:
    script = tmp_path / "program.py"
    script.write_text("raise SystemExit(1)\n")
    monkeypatch.setattr(reader, "shared", ManifestReader(script))
    (found,) = examine(picture, JPEG)
    assert (found.kind, found.suggests, found.details) == ("c2pa", "nothing", {"unreadable": True})


def test_the_program_imports_nothing_of_the_project() -> None:
    assert "detector" not in "".join(line for line in PROGRAM.read_text().splitlines() if "import" in line)


def test_the_callers_process_never_loads_the_native_library() -> None:
    code = "import sys, detector.provenance\nassert 'c2pa' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def nested(levels: int) -> bytes:
    """JUMBF boxes within boxes."""
    description = b"\x00\x00\x00\x1ejumdc2pa\x00\x11\x00\x10\x80\x00\x00\xaa\x008\x9bq\x03c2pa\x00"
    body = b""
    for _ in range(levels):
        body = description + body
        body = (len(body) + 8).to_bytes(4, "big") + b"jumb" + body
    return body


@pytest.mark.parametrize(
    "body",
    [
        nested(1),
        nested(40),
        nested(20_000),
        b"\x00\x00\x00\x04jumbc2pa",
        b"\xff\xff\xff\xffjumb\x00\x00\x00\x19jumdc2pa",
        b"jumbc2pa" * 100,
    ],
)
def test_hostile_boxes_are_unreadable_at_most(body: bytes) -> None:
    found = examine(png(chunk(b"caBX", body)), "image/png")
    assert [one.details for one in found] in ([], [{"unreadable": True}])
    jpeg_box = b"JP\x00\x01\x00\x00\x00\x01" + body[:60_000]
    whole = plain(JPEG)
    found = examine(whole[:2] + segment(0xEB, jpeg_box) + whole[2:], JPEG)
    assert [one.details for one in found] in ([], [{"unreadable": True}])


@QUICK
@given(data=st.data())
def test_signed_files_with_turned_bits_are_never_believed(picture: bytes, data: st.DataObject) -> None:
    damaged = bytearray(picture)
    start = picture.index(b"jumb")
    for place in data.draw(st.lists(st.integers(start, len(damaged) - 1), min_size=1, max_size=6, unique=True)):
        damaged[place] ^= data.draw(st.integers(1, 255))
    found = examine(bytes(damaged[: data.draw(st.integers(start, len(damaged)))]), JPEG)
    assert all(one.trust != "signed" for one in found)
    assert all(one.kind == "c2pa" for one in found)
