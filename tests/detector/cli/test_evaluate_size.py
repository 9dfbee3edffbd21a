"""A bundle may be measured at another input size, if its network takes one."""

import json
from pathlib import Path

import pytest
import torch
from typer.testing import CliRunner

from detector.architectures import architecture
from detector.bundles import InputSpec, save
from detector.cli import app
from tests.detector.bundles_for_tests import MIDDLE, card, network
from tests.detector.training.packs_for_tests import make_pack

RUNNER = CliRunner()


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return make_pack(tmp_path / "pack", 1)


def test_another_size_gives_other_figures_and_leaves_the_card(pack: Path, tmp_path: Path) -> None:
    save(tmp_path / "bundle", card(), network())
    before = (tmp_path / "bundle" / "card.json").read_bytes()
    command = ["evaluate", "--bundle", str(tmp_path / "bundle"), "--data", str(pack), "--json"]
    plain, same, larger = (RUNNER.invoke(app, [*command, *more]) for more in ([], ["--size", "64"], ["--size", "96"]))
    assert json.loads(plain.stdout) == json.loads(same.stdout)
    assert json.loads(larger.stdout)["ece"] != json.loads(plain.stdout)["ece"]
    assert (tmp_path / "bundle" / "card.json").read_bytes() == before


@pytest.mark.parametrize("size", ["80", "16", "99999"])
def test_a_size_that_the_network_does_not_take_is_refused(pack: Path, tmp_path: Path, size: str) -> None:
    torch.manual_seed(0)
    made = architecture("fused_mobilenet_v2").build()
    fused = card(architecture="fused_mobilenet_v2", explained="fused", input=InputSpec(64, MIDDLE, MIDDLE))
    save(tmp_path / "bundle", fused, made)
    result = RUNNER.invoke(app, ["evaluate", "--bundle", str(tmp_path / "bundle"), "--data", str(pack), "--size", size])
    assert result.exit_code == 2
    assert "--size" in result.output
