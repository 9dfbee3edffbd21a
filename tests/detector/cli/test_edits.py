"""The commands about edits, run as a person runs them."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from detector.bundles import save
from detector.cli import app
from detector.training.edits.synthesiser import OPERATIONS
from tests.detector.bundles_for_tests import bundle
from tests.detector.pictures import encoded, noise
from tests.detector.training.packs_for_tests import make_pack

RUNNER = CliRunner()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("bundle")
    made = bundle("edited")
    save(written, made.card, made.network)
    return written


def test_edits_prints_real_and_made_ones(folder: Path, tmp_path: Path) -> None:
    pack = str(make_pack(tmp_path / "pack", 1, ("real", "edited")))
    options = ["--bundle", str(folder), "--data", pack, "--photographs", pack, "--each", "1"]
    printed = RUNNER.invoke(app, ["edits", *options, "--json"])
    assert printed.exit_code == 0
    tables = json.loads(printed.stdout)
    assert set(tables["real edits"]) == {"edited0", "edited1", "all"}
    assert set(tables["made edits"]) == set(OPERATIONS)
    assert "pixel AUC" in RUNNER.invoke(app, ["edits", *options[:4]]).stdout


@pytest.mark.parametrize("options", [[], ["--data", "nowhere"], ["--photographs", "nowhere"]])
def test_edits_without_pictures_is_a_usage_error(folder: Path, options: list[str]) -> None:
    refused = RUNNER.invoke(app, ["edits", "--bundle", str(folder), *options])
    assert refused.exit_code == 2
    assert "Traceback" not in refused.output


def test_a_file_that_is_no_mask_is_said_so(folder: Path, tmp_path: Path) -> None:
    for name, content in (("edited/a__1.png", encoded(noise(16, 16), "PNG")), ("mask/a__1.png", b"no mask")):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_bytes(content)
    refused = RUNNER.invoke(app, ["edits", "--bundle", str(folder), "--data", str(tmp_path)])
    assert refused.exit_code == 2
    assert "mask cannot be read" in refused.output.replace("\n", " ")


def test_cifake_edits_trains_and_prints_its_figures(tmp_path: Path) -> None:
    for number, split in enumerate(("train", "test")):
        for at in range(60):
            for path, seed in (
                (f"images/{split}/REAL/{at}.png", at),
                (f"images/{split}/FAKE/{at}.png", 100 + at),
                (f"edits/{split}/{split}-fake-edited/EDITED/{at}.png", 200 + at),
            ):
                (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / path).write_bytes(encoded(noise(32, 32, seed + 1000 * number), "PNG"))
    places = ["--data", str(tmp_path / "images"), "--edits", str(tmp_path / "edits"), "--out", str(tmp_path / "out")]
    printed = RUNNER.invoke(app, ["cifake-edits", "fake-vs-edited", *places, "--epochs", "1", "--threads", "1"])
    assert printed.exit_code == 0, printed.output
    assert "test images: 120" in printed.stdout
    assert "accuracy of always naming the larger class: 0.5" in printed.stdout
    figures = json.loads((tmp_path / "out" / "figures.json").read_text())
    assert 0 <= figures["auc"] <= 1
    assert (figures["training images"], figures["test files left out as copies"]) == (120, 0)


@pytest.mark.parametrize(
    "options",
    [["real-vs-edited"], ["nothing"], ["real-vs-edited", "--recipe", "none"], ["real-vs-edited", "--names", "x"]],
)
def test_cifake_edits_refuses_what_it_cannot_use(tmp_path: Path, options: list[str]) -> None:
    places = ["--data", str(tmp_path), "--edits", str(tmp_path), "--out", str(tmp_path / "out")]
    refused = RUNNER.invoke(app, ["cifake-edits", *options, *places])
    assert refused.exit_code == 2
    assert "Traceback" not in refused.output
