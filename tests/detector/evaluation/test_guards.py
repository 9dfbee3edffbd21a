"""Scores depend on pixels alone, and a bundle for which they would not is found out."""

import dataclasses
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from detector.bundles import Bundle, load, shipped, shipped_names
from detector.evaluation.guards import TOLERANCE, dependences
from detector.training.packs import Sample, read_packs
from tests.detector.training.packs_for_tests import make_pack

SAMPLES = Path(__file__).parents[3] / "samples"


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> list[Sample]:
    return read_packs([make_pack(tmp_path_factory.mktemp("data") / "pack", 2)])


def test_name_format_and_neighbours_change_no_score(general: Bundle, samples: list[Sample]) -> None:
    found = dependences(general, samples)
    assert set(found) == {"name", "format", "neighbours"}
    assert found["name"] == 0.0
    assert max(found.values()) <= TOLERANCE


class Relative(nn.Module):
    """A head that measures each image by the rest of its batch, as batch norm in training mode does."""

    def __init__(self, head: nn.Module) -> None:
        super().__init__()
        self.head = head

    def forward(self, feature_map: Tensor) -> Tensor:
        logits: Tensor = self.head(feature_map)
        return logits - logits.mean()


def test_a_network_that_looks_at_its_neighbours_is_found(general: Bundle, samples: list[Sample]) -> None:
    network = dataclasses.replace(general.network, head=Relative(general.head))
    found = dependences(dataclasses.replace(general, network=network), samples)
    assert found["neighbours"] > 0.01
    assert found["name"] == 0.0


def test_the_samples_stay_as_they_are(general: Bundle, samples: list[Sample]) -> None:
    before = [(sample.name, sample.path, sample.data) for sample in samples]
    with torch.no_grad():
        dependences(general, samples[:1])
    assert [(sample.name, sample.path, sample.data) for sample in samples] == before
    assert all(Path(sample.path).exists() for sample in samples)


@pytest.mark.parametrize("name", shipped_names())
def test_the_shipped_bundles_look_at_pixels_alone(name: str) -> None:
    pictures = [Sample(path.name, "samples", 0, path) for path in sorted(SAMPLES.glob("*.jpg"))[:3]]
    assert len(pictures) == 3
    assert max(dependences(load(shipped(name)), pictures).values()) <= TOLERANCE
