"""The small generator: what it draws, and that the bundled pictures are its own."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from scripts.samples import build, generator
from scripts.samples.catalogue import DRAWINGS
from scripts.samples.generator import (
    ARCHITECTURE,
    HOME,
    KINDS,
    Flow,
    draw,
    draw_small,
    flow_loss,
    follow,
    learn,
    load,
    read_pictures,
    save,
)
from scripts.samples.recipes import SAMPLES


@pytest.fixture(scope="module")
def network() -> Flow:
    return load()


@pytest.fixture
def photographs(tmp_path: Path) -> Path:
    """Three one-coloured photographs of each kind, the later kinds redder."""
    (tmp_path / "REAL").mkdir()
    for place, suffix in enumerate(KINDS.values()):
        for number in range(3):
            colour = (60 * place, 128, 255 - 60 * place)
            Image.new("RGB", (32, 32), colour).save(tmp_path / "REAL" / f"{number:04d}{suffix}.jpg")
    return tmp_path


def untrained(seed: int = 0) -> Flow:
    torch.manual_seed(seed)
    return Flow()


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Threads gain nothing on so small a network, and cost much where other tests run beside."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("file", sorted(DRAWINGS))
def test_a_bundled_picture_is_what_its_seed_draws(network: Flow, file: str) -> None:
    redrawn = io.BytesIO()
    draw(network, DRAWINGS[file].kind, DRAWINGS[file].seed).save(redrawn, "JPEG", quality=build.QUALITY)
    with Image.open(redrawn) as new, Image.open(SAMPLES / file) as bundled:
        assert new.size == bundled.size == (256, 256)
        assert np.abs(np.asarray(new).astype(int) - np.asarray(bundled)).mean() < 0.5


def test_the_same_seed_draws_the_same_picture(network: Flow) -> None:
    assert np.array_equal(draw_small(network, "ship", 3, steps=2), draw_small(network, "ship", 3, steps=2))


def test_another_seed_draws_another_picture(network: Flow) -> None:
    assert not np.array_equal(draw_small(network, "ship", 3, steps=2), draw_small(network, "ship", 4, steps=2))


def test_another_kind_draws_another_picture_from_the_same_seed(network: Flow) -> None:
    assert not np.array_equal(draw_small(network, "ship", 3, steps=2), draw_small(network, "horse", 3, steps=2))


def test_drawing_does_not_touch_the_common_random_numbers(network: Flow) -> None:
    before = torch.get_rng_state()
    draw_small(network, "ship", 3, steps=2)
    assert torch.equal(torch.get_rng_state(), before)


def test_a_small_picture_is_32_by_32_colour_levels(network: Flow) -> None:
    small = draw_small(network, "automobile", 1, steps=2)
    assert (small.shape, small.dtype.name) == ((32, 32, 3), "uint8")


def test_an_unknown_kind_is_refused(network: Flow) -> None:
    with pytest.raises(ValueError, match="unicorn"):
        draw_small(network, "unicorn", 1)


def test_the_bundled_weights_are_small_and_in_half_precision() -> None:
    path = HOME / "weights.safetensors"
    assert path.stat().st_size < 1_500_000
    assert {value.dtype for value in load_file(path).values()} == {torch.float16}


def test_the_card_says_what_it_learned_from_and_for_how_long() -> None:
    card = json.loads((HOME / "card.json").read_text())
    assert card["kinds"] == list(KINDS)
    assert card["pictures"] == 20_000
    assert card["data"].startswith("CIFAKE (MIT), train/REAL")
    assert {"seed", "cpu_minutes", "steps", "batch", "final_loss", "torch"} < set(card)


def test_reading_gives_as_many_photographs_of_each_kind_as_asked_for(photographs: Path) -> None:
    pictures, kinds = read_pictures(photographs, each=2)
    assert (tuple(pictures.shape), pictures.dtype) == ((8, 3, 32, 32), torch.uint8)
    assert kinds.tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert pictures[kinds == 3][:, 0].float().mean().item() == pytest.approx(180, abs=3)


def test_a_missing_photograph_is_an_error(photographs: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_pictures(photographs, each=4)


def test_the_loss_is_the_same_for_the_same_chance_and_differs_for_another(photographs: Path) -> None:
    network, (pictures, kinds) = untrained(), read_pictures(photographs, each=3)
    first, second, third = (
        flow_loss(network, pictures, kinds, torch.Generator().manual_seed(seed)).item() for seed in (1, 1, 2)
    )
    assert first == second != third


def test_training_says_what_it_did_and_lowers_the_loss(photographs: Path) -> None:
    pictures, kinds = read_pictures(photographs, each=3)
    trained, facts = learn(pictures, kinds, seed=1, minutes=0.05, batch=8)
    assert (facts["pictures"], facts["seed"], facts["batch"], facts["cpu_minutes"]) == (12, 1, 8, 0.05)
    before, after = (
        flow_loss(network, pictures, kinds, torch.Generator().manual_seed(1)).item()
        for network in (untrained(1), trained)
    )
    assert after < before


def test_the_running_mean_moves_by_its_share_towards_the_network() -> None:
    mean, network = untrained(0), untrained(1)
    begun, aim = mean.stem.weight.clone(), network.stem.weight.clone()
    follow(mean, network, share=0.25)
    assert torch.allclose(mean.stem.weight, 0.75 * begun + 0.25 * aim)
    assert torch.equal(network.stem.weight, aim)


def test_what_is_saved_draws_the_same_after_loading(tmp_path: Path) -> None:
    save(load(), {"seed": 1}, tmp_path / "new")
    assert json.loads((tmp_path / "new" / "card.json").read_text())["architecture"] == ARCHITECTURE
    assert np.array_equal(
        draw_small(load(tmp_path / "new"), "ship", 3, steps=2), draw_small(load(), "ship", 3, steps=2)
    )


def test_the_file_runs_by_its_own_path_and_draws(tmp_path: Path) -> None:
    script = Path(generator.__file__)
    command = [sys.executable, str(script), "draw", "--kind", "horse", "--seed", "1", "--out", "horse.jpg"]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=100, env={**os.environ, "OMP_NUM_THREADS": "1"})
    with Image.open(tmp_path / "horse.jpg") as image:
        assert (image.format, image.size) == ("JPEG", (256, 256))
