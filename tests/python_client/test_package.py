"""The client installs by itself: without this project, with its types, and with what it says that it needs."""

import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import PathDistribution
from pathlib import Path

import pytest

from assay_client import __version__

SOURCE = Path(__file__).resolve().parents[2] / "clients" / "python"
TELL = "import assay_client, sys; print(assay_client.__file__, assay_client.__version__, 'django' in sys.modules)"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package installed into a folder, built from a copy: building writes beside its sources."""
    folder = tmp_path_factory.mktemp("client")
    shutil.copytree(SOURCE, folder / "source", ignore=shutil.ignore_patterns("__pycache__"))
    offline = ["--no-index", "--no-deps", "--no-build-isolation", "--quiet"]
    command = [sys.executable, "-m", "pip", "install", *offline, "--target", str(folder / "site"), "."]
    subprocess.run(command, cwd=folder / "source", check=True, capture_output=True)
    return folder / "site"


def test_installed_client_is_imported_without_this_project(installed: Path) -> None:
    code = f"import sys; sys.path.insert(0, {str(installed)!r}); {TELL}"
    told = subprocess.run([sys.executable, "-I", "-c", code], check=True, capture_output=True, text=True).stdout.split()

    assert Path(told[0]).is_relative_to(installed)
    assert told[1:] == [__version__, "False"]


def test_types_travel_with_it_and_tests_do_not(installed: Path) -> None:
    assert (installed / "assay_client" / "py.typed").is_file()
    assert {one.name for one in installed.iterdir() if one.suffix != ".dist-info"} == {"assay_client"}


def test_it_says_what_it_is_and_needs(installed: Path) -> None:
    (info,) = installed.glob("*.dist-info")
    metadata = PathDistribution(info).metadata

    assert (metadata["Name"], metadata["Version"], metadata["Requires-Python"]) == (
        "assay-client",
        __version__,
        ">=3.11",
    )
    needed = {one.partition("<")[0].partition(">")[0] for one in metadata.get_all("Requires-Dist") or []}
    assert needed == {"anyio", "httpx", "standardwebhooks"}


def test_version_is_stated_alike() -> None:
    assert tomllib.loads((SOURCE / "pyproject.toml").read_text())["project"]["version"] == __version__
