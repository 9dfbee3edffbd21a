"""Prepares .venv for `make demo` and `make test`: standard library only, run by the system's Python.

    python3 -m scripts.bootstrap demo|test

Says what it does and how far it is; what is missing ends in one sentence and exit status 1. A second run that finds
everything in place takes a fraction of a second.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from scripts import packages

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
LOG = ROOT / "var" / "log" / "install.log"
REQUIREMENTS = {"demo": "requirements.txt", "test": "requirements-dev.txt"}
COVERS = {"demo": ("demo", "test"), "test": ("test",)}
OLDEST = (3, 11)
NEEDED_BYTES = 3_000_000_000
STEPS = 3


class Missing(Exception):
    """Something is missing; the message is one sentence."""


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0] not in REQUIREMENTS:
        print("usage: python3 -m scripts.bootstrap demo|test", file=sys.stderr)
        return 2
    try:
        check_machine(arguments[0])
        with_lock(arguments[0])
    except (Missing, packages.InstallFailed) as error:
        print(error, file=sys.stderr)
        return 1
    except PermissionError as error:
        print(f"There is no permission to write {error.filename or ROOT}.", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"Assay cannot be set up in {ROOT}: {error.strerror or error}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped; the next run goes on from here.", file=sys.stderr)
        return 130
    return 0


def check_machine(purpose: str) -> None:
    if sys.version_info < OLDEST:
        raise Missing(f"Assay needs Python 3.11 or 3.12, and {sys.executable} is {version(3)}; {advice(purpose)}")
    if not sys.platform.startswith("linux"):
        raise Missing("Assay's embedded PostgreSQL and Redis need Linux; on another system use docker compose.")
    if shutil.which("setpriv") is None:
        raise Missing("The command setpriv is missing; install the package util-linux.")


def advice(purpose: str) -> str:
    """Names a fitting Python of this machine, if one runs."""
    for name in ("python3.12", "python3.11"):
        found = shutil.which(name)
        if found and subprocess.run([found, "-c", ""], capture_output=True, check=False).returncode == 0:
            return f"run: make {purpose} PYTHON={name}"
    return f"install it, then run: make {purpose} PYTHON=python3.12"


def with_lock(purpose: str) -> None:
    """Two makes at once: the second waits, then finds everything in place."""
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with (ROOT / "var" / ".bootstrap.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another make is installing the packages; waiting for it.", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        prepare(purpose)


def prepare(purpose: str) -> None:
    if any(stamp(covering) == stamp_file(covering) for covering in COVERS[purpose]) and works(VENV):
        return
    started = time.monotonic()
    say(1, f"Checking the machine: Python {version(3)}, {free_space()}")
    say(2, "Preparing the virtual environment .venv")
    create_venv()
    say(3, f"Installing {REQUIREMENTS[purpose]}, some minutes the first time (log: {shown(LOG)})")
    install(purpose)
    (VENV / f".assay-{purpose}").write_text(stamp(purpose))
    print(f"      Installed in {time.monotonic() - started:.0f} s.", flush=True)


def version(parts: int) -> str:
    return ".".join(str(part) for part in sys.version_info[:parts])


def say(step: int, text: str) -> None:
    print(f"[{step}/{STEPS}] {text}", flush=True)


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def stamp(purpose: str) -> str:
    """What the environment is made of: the Python, and every file that says what is installed."""
    digest = hashlib.sha256(version(2).encode())
    for name in ("requirements.txt", "constraints.txt", REQUIREMENTS[purpose]):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def stamp_file(purpose: str) -> str | None:
    path = VENV / f".assay-{purpose}"
    return path.read_text() if path.exists() else None


def works(venv: Path) -> bool:
    """Whether the environment's Python is there and of this version."""
    wanted = venv / "lib" / f"python{version(2)}"
    return wanted.is_dir() and os.access(venv / "bin" / "python", os.X_OK)


def free_space() -> str:
    free = shutil.disk_usage(ROOT).free
    if free < NEEDED_BYTES and not (VENV / "bin").exists():
        raise Missing(
            f"The disk that holds {ROOT} has {free / 1e9:.1f} GB free; "
            f"the packages need about {NEEDED_BYTES / 1e9:.0f} GB."
        )
    return f"{free / 1e9:.0f} GB free"


def create_venv() -> None:
    if works(VENV) and has_pip(VENV):
        return
    try:
        import ensurepip  # noqa: F401, PLC0415
        import venv  # noqa: F401, PLC0415
    except ImportError:
        raise Missing(
            "This Python cannot make virtual environments; on Debian and Ubuntu run: apt install python3-venv"
        ) from None
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], capture_output=True, check=False)
    if made.returncode != 0:
        LOG.write_bytes(made.stdout + made.stderr)
        raise Missing(f"The virtual environment {VENV} could not be made; see {LOG}.")


def has_pip(venv: Path) -> bool:
    return any((venv / "lib").glob("python*/site-packages/pip/__init__.py"))


def install(purpose: str) -> None:
    scratch = ROOT / "var" / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    pip = packages.Pip(VENV / "bin" / "python", LOG, scratch)
    constraints = ["--constraint", str(ROOT / "constraints.txt")]
    torch_index = os.environ.get("TORCH_INDEX", "").strip()
    try:
        if torch_index:
            print(f"      PyTorch comes from {torch_index}", flush=True)
            pip.install(["--index-url", torch_index, "--no-deps", *constraints, "torch", "torchvision"])
        pip.install([*constraints, "--requirement", str(ROOT / REQUIREMENTS[purpose])])
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
