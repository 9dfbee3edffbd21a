import errno
import os
import socket
from pathlib import Path

import pytest

from foundation.embedded.errors import SetupError, run_plainly, sentence, setup_errors
from foundation.embedded.ports import choose_port
from foundation.embedded.process import complaint


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (errno.ENOSPC, "The disk that holds /srv/var is full."),
        (errno.EDQUOT, "The disk quota for /srv/var is used up."),
        (errno.EACCES, "There is no permission to write /srv/var."),
        (errno.EROFS, "/srv/var is on a read-only disk."),
        (errno.ENAMETOOLONG, "The path /srv/var is too long; move the project to a shorter one."),
        (errno.ENOTDIR, "The operating system refused: [Errno 20] Not a directory: '/srv/var'."),
    ],
)
def test_an_operating_system_error_becomes_one_sentence(number: int, expected: str) -> None:
    assert sentence(OSError(number, os.strerror(number), "/srv/var")) == expected


def test_setup_errors_turns_what_the_disk_says(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"is too long; move the project"), setup_errors():
        (tmp_path / ("x" * 300)).touch()


def test_run_plainly_prints_the_sentence_alone_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    def main() -> int:
        raise SetupError("Port 8000 is taken.")

    assert run_plainly(main) == 1
    assert capsys.readouterr() == ("", "Port 8000 is taken.\n")


def test_run_plainly_passes_the_status_on() -> None:
    assert run_plainly(lambda: 0) == 0
    assert run_plainly(lambda: 3) == 3


def test_run_plainly_is_silent_after_an_interruption(capsys: pytest.CaptureFixture[str]) -> None:
    def main() -> int:
        raise KeyboardInterrupt

    assert run_plainly(main) == 130
    assert capsys.readouterr() == ("", "")


def test_a_taken_port_is_named_with_the_way_out() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(SetupError) as caught:
            choose_port(port)
    assert str(caught.value) == (
        f"Port {port} on 127.0.0.1 is taken; stop what listens there, or choose another with PORT=8001 (0: any)."
    )


def test_a_free_port_is_returned_as_it_is_and_stays_free() -> None:
    port = choose_port(0)
    assert port > 1023
    assert choose_port(port) == port


@pytest.mark.parametrize("port", [-1, 65_536])
def test_what_is_no_port_is_refused(port: int) -> None:
    with pytest.raises(SetupError, match="is not a port number"):
        choose_port(port)


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        ("starting\nFATAL:  data directory is missing.\nshut down\n", "FATAL:  data directory is missing"),
        ("starting\nlast words\n\n", "last words"),
        ("", "it said nothing"),
    ],
)
def test_the_complaint_of_a_log_is_its_last_line_that_complains(tmp_path: Path, log: str, expected: str) -> None:
    path = tmp_path / "server.log"
    path.write_text(log)
    assert complaint(path) == expected


def test_a_log_that_was_never_written_said_nothing(tmp_path: Path) -> None:
    assert complaint(tmp_path / "missing.log") == "it said nothing"
