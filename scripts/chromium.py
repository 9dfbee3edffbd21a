"""Makes sure that the browser tests have a Chromium: Debian's, installed by apt-get where that is allowed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome")
PACKAGES = ("chromium", "fonts-liberation")
BY_HAND = "install it (Debian: sudo apt-get install chromium) or set ASSAY_CHROMIUM to its path"


class Missing(Exception):
    """The browser is missing; the message is one sentence."""


def main() -> int:
    try:
        ensure()
    except Missing as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def find() -> str | None:
    """Returns the path of the browser, or None."""
    chosen = os.environ.get("ASSAY_CHROMIUM")
    if chosen:
        return shutil.which(chosen)
    return next((path for path in map(shutil.which, NAMES) if path), None)


def ensure() -> None:
    if find():
        return
    if os.environ.get("ASSAY_CHROMIUM"):
        raise Missing(f"ASSAY_CHROMIUM is {os.environ['ASSAY_CHROMIUM']}, and no program is there.")
    prefix = privilege()
    print("Installing Chromium for the browser tests, about 20 seconds", flush=True)
    apt(prefix, "update", "-qq")
    apt(prefix, "install", "-y", "-qq", "--no-install-recommends", *PACKAGES)
    if not find():
        raise Missing(f"apt-get installed no Chromium that can be found; {BY_HAND}.")


def privilege() -> list[str]:
    """Returns what to put before apt-get: nothing for root, else sudo if it asks no password."""
    if shutil.which("apt-get") is None:
        raise Missing(f"Chromium is missing, and so is apt-get; {BY_HAND}.")
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and succeeds("sudo", "-n", "true"):
        return ["sudo", "-n"]
    raise Missing(f"Chromium is missing, and installing it takes root; {BY_HAND}.")


def succeeds(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def apt(prefix: list[str], *arguments: str) -> None:
    command = [*prefix, "apt-get", *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, check=False
    )
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["it said no more"])[-1]
        raise Missing(f"Chromium is missing, and apt-get could not install it ({last}); {BY_HAND}.")


if __name__ == "__main__":
    sys.exit(main())
