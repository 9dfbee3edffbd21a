"""A joint run makes two bundles that load, share a trunk, and say what they were made of."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from typer.testing import CliRunner

from detector.architectures.torchvision_shim import torchvision_models
from detector.bundles import load
from detector.cli import app
from tests.detector.training.packs_for_tests import make_pack

LEFT_OUT = {"ai1": "glid3xl", "real1": "photo_klein"}
FACES_LEFT_OUT = {"ai1": "diffusion_portrait", "real1": "ffhq140k"}


def renamed(root: Path, names: dict[str, str]) -> Path:
    for path in sorted(make_pack(root, 1).rglob("*.jpg")):
        source, _, rest = path.name.partition("__")
        path.rename(path.with_name(f"{names.get(source, source)}__{rest}"))
    return root


def command(folder: Path, general: Path, faces: Path) -> list[str]:
    torch.manual_seed(0)
    save_file(torchvision_models().mobilenet_v2(weights=None).state_dict(), folder / "begin.safetensors")
    places = ["--general", str(general), "--faces", str(faces), "--init", str(folder / "begin.safetensors")]
    amounts = ["--copies", "1", "--steps", "2", "--more-steps", "2", "--threads", "1", "--version", "9.9.9"]
    return ["train-pair", *places, "--out", str(folder / "out"), *amounts]


@pytest.mark.slow
def test_it_makes_a_general_and_a_face_bundle_of_one_trunk(tmp_path: Path) -> None:
    general, faces = renamed(tmp_path / "g", LEFT_OUT), renamed(tmp_path / "f", FACES_LEFT_OUT)
    result = CliRunner().invoke(app, command(tmp_path, general, faces))
    assert result.exit_code == 0, result.output
    one, other = load(tmp_path / "out" / "general"), load(tmp_path / "out" / "face")
    assert (one.card.role, one.card.input.face_margin, one.card.version) == ("general", None, "9.9.9")
    assert (other.card.role, other.card.input.face_margin, other.card.explained) == ("face", 0.3, "fused")
    trunks = one.trunk.state_dict(), other.trunk.state_dict()
    assert all(torch.equal(trunks[0][name], trunks[1][name]) for name in trunks[0])
    assert one.card.training["validation_sources"] == {"glid3xl": 1, "photo_klein": 1}
    assert other.card.training["validation_sources"] == {"diffusion_portrait": 1, "ffhq140k": 1}
    assert one.card.training["images"] == 8


def test_without_left_out_sources_it_says_what_is_missing(tmp_path: Path) -> None:
    plain = make_pack(tmp_path / "plain", 1)
    result = CliRunner().invoke(app, command(tmp_path, plain, plain))
    assert result.exit_code == 2
    assert "lack a class" in result.output
