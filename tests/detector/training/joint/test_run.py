"""A joint run makes two bundles that load, share a trunk, and say what they were made of."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from typer.testing import CliRunner

from detector.architectures.torchvision_shim import torchvision_models
from detector.bundles import load, save
from detector.cli import app
from tests.detector.bundles_for_tests import card, network
from tests.detector.training.packs_for_tests import make_pack

# ai0__000, real0__014 and ffhq__023 are always held, by the hash of their names; the others as whole sources.
HELD = {"ai1__001": "glid3xl__001", "real1__001": "photo_klein__001", "real0__000": "real0__014"}
FACES_HELD = {"ai1__001": "diffusion_portrait__001", "real1__001": "ffhq__023"}


def renamed(root: Path, names: dict[str, str]) -> Path:
    for path in sorted(make_pack(root, 2).rglob("*.jpg")):
        path.rename(path.with_stem(names.get(path.stem, path.stem)))
    return root


def command(folder: Path, general: Path, faces: Path) -> list[str]:
    torch.manual_seed(0)
    save_file(torchvision_models().mobilenet_v2(weights=None).state_dict(), folder / "begin.safetensors")
    places = ["--general", str(general), "--faces", str(faces), "--init", str(folder / "begin.safetensors")]
    amounts = ["--copies", "1", "--steps", "2", "--more-steps", "2", "--threads", "1", "--version", "9.9.9"]
    return ["train-pair", *places, "--out", str(folder / "out"), *amounts]


@pytest.mark.slow
def test_it_makes_a_general_and_a_face_bundle_of_one_trunk(tmp_path: Path) -> None:
    general, faces = renamed(tmp_path / "g", HELD), renamed(tmp_path / "f", FACES_HELD)
    result = CliRunner().invoke(app, command(tmp_path, general, faces))
    assert result.exit_code == 0, result.output
    one, other = load(tmp_path / "out" / "general"), load(tmp_path / "out" / "face")
    assert (one.card.role, one.card.input.face_margin, one.card.version) == ("general", None, "9.9.9")
    assert (other.card.role, other.card.input.face_margin, other.card.explained) == ("face", 0.3, "fused")
    trunks = one.trunk.state_dict(), other.trunk.state_dict()
    assert all(torch.equal(trunks[0][name], trunks[1][name]) for name in trunks[0])
    assert one.card.training["validation_sources"] == {"ai0": 1, "glid3xl": 1, "photo_klein": 1, "real0": 1}
    assert other.card.training["validation_sources"] == {"ai0": 1, "diffusion_portrait": 1, "ffhq": 1}
    assert one.card.training["images"] == 12
    assert one.card.training["sources"]["glid3xl"] == 1
    assert "ffhq" not in one.card.training["sources"]
    assert one.card.training["sharpened"] > 0
    assert set(one.card.training["unseen"]) == {"glid3xl", "photo_klein"}
    assert set(other.card.training["unseen"].values()) <= {0.0, 1.0}


@pytest.mark.slow
def test_one_cycle_leaves_the_sources_out_and_calibrates_its_own_network(tmp_path: Path) -> None:
    general, faces = renamed(tmp_path / "g", HELD), renamed(tmp_path / "f", FACES_HELD)
    arguments = command(tmp_path, general, faces)
    place = arguments.index("--more-steps")
    result = CliRunner().invoke(app, arguments[:place] + arguments[place + 2 :])
    assert result.exit_code == 0, result.output
    card = load(tmp_path / "out" / "general").card
    assert (card.training["images"], card.training["sharpened"]) == (9, 1.0)
    assert not {"glid3xl", "photo_klein", "diffusion_portrait"} & set(card.training["sources"])


@pytest.mark.slow
def test_an_excluded_picture_takes_no_part(tmp_path: Path) -> None:
    general, faces = renamed(tmp_path / "g", HELD), renamed(tmp_path / "f", FACES_HELD)
    (tmp_path / "list.txt").write_text("ai0__002.jpg\n")
    arguments = [*command(tmp_path, general, faces), "--exclude", str(tmp_path / "list.txt")]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert load(tmp_path / "out" / "face").card.training["images"] == 10


@pytest.mark.slow
def test_trained_blocks_may_begin_from_an_earlier_bundle(tmp_path: Path) -> None:
    general, faces = renamed(tmp_path / "g", HELD), renamed(tmp_path / "f", FACES_HELD)
    arguments = command(tmp_path, general, faces)
    earlier = tmp_path / "earlier"
    save(earlier, card(), network(seed=3))
    result = CliRunner().invoke(app, [*arguments, "--earlier", str(earlier)])
    assert result.exit_code == 0, result.output
    made, begun = load(tmp_path / "out" / "general").trunk.state_dict(), load(earlier).trunk.state_dict()
    change = (made["features.18.0.weight"] - begun["features.18.0.weight"]).abs().max()
    assert 0 < change < 0.01


def test_an_earlier_bundle_that_is_none_is_refused(tmp_path: Path) -> None:
    general, faces = renamed(tmp_path / "g", HELD), renamed(tmp_path / "f", FACES_HELD)
    result = CliRunner().invoke(app, [*command(tmp_path, general, faces), "--earlier", str(tmp_path / "none")])
    assert result.exit_code == 2
    assert "cannot be read" in " ".join(result.output.split())


def test_without_held_pictures_it_says_what_is_missing(tmp_path: Path) -> None:
    plain = renamed(tmp_path / "plain", {"ai0__000": "ai0__001", "ai1__001": "ai1__005"})
    result = CliRunner().invoke(app, command(tmp_path, plain, plain))
    assert result.exit_code == 2
    assert "lack a class" in result.output
