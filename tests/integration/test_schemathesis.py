"""The whole schema, tried by schemathesis on a real web process: examples, edge cases, random values, good and bad."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.assay.holdings import MAKERS, Holdings
from tests.stack import Stack, running

pytestmark = [
    pytest.mark.integration,
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.django_db(transaction=True),
]
CONFIG = Path(__file__).with_name("schemathesis.toml")
LIMITS = [f"ASSAY_{who}_REQUESTS_PER_MINUTE" for who in ("CLIENT", "KEY", "ADDRESS")]


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    with running(tmp_path, "web", ASSAY_WEB_WORKERS="1", **dict.fromkeys(LIMITS, "1000000")) as started:
        yield started


def configured(owner: Holdings, folder: Path) -> Path:
    """Return a configuration by which half of the identifiers in addresses are those of the owner's objects."""
    values = [f'[dictionaries.{name}]\nvalues = ["{owner.identifier(name)}"]\n' for name in MAKERS]
    uses = [f'"path.{name}" = {{ dictionary = "{name}", probability = 0.5 }}' for name in MAKERS]
    path = folder / "schemathesis.toml"
    path.write_text("\n".join([CONFIG.read_text(), *values, "[parameters]", *uses]))
    return path


def test_site_does_what_its_schema_says(stack: Stack, tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    owner = Holdings()
    program = [Path(sys.executable).with_name("schemathesis"), "--config-file", configured(owner, tmp_path), "run"]
    options = ["--header", f"Authorization: Bearer {owner.secret}", "--seed", "1", "--no-color", "--workers", "2"]

    done = subprocess.run(
        [*map(str, program), f"{stack.site}/api/schema/?format=json", *options],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=840,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
