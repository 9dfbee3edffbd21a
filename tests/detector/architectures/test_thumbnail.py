"""The network for 32 pixels: whitened patches, three stages, one map."""

import pytest
import torch

from detector.architectures import ArchitectureError, architecture
from detector.architectures.thumbnail import Whitening

NAME = "thumbnail(8,12,16)"


def test_the_shipped_size_has_these_parameters() -> None:
    module = architecture("thumbnail(48,96,192)").build().module()
    assert sum(parameter.numel() for parameter in module.parameters()) == 634_045


def test_the_trunk_gives_one_map_at_a_quarter_of_the_side() -> None:
    network = architecture(NAME).build()
    network.module().eval()
    maps = network.trunk(torch.zeros(2, 3, 32, 32))
    assert {name: tuple(found.shape) for name, found in maps.items()} == {"last": (2, 16, 8, 8)}
    assert network.explained == "last"
    assert network.head(maps["last"]).shape == (2, 1)


def test_a_flat_picture_shows_in_the_brightness_alone() -> None:
    with torch.no_grad():
        found = Whitening()(torch.full((1, 3, 8, 8), 0.5))[0, :, 3, 3]
    assert torch.allclose(found[0], torch.tensor(0.5 * 2 * 3**0.5 / 1.662), atol=1e-5)
    assert torch.allclose(found[1:], torch.zeros(23), atol=1e-5)


def test_a_step_to_the_right_shows_as_a_horizontal_difference_with_its_sign() -> None:
    image = torch.zeros(1, 3, 4, 4)
    image[:, :, :, 2:] = 1.0
    with torch.no_grad():
        found = Whitening()(image)[0]
    difference = 3**0.5 / 0.3206
    assert found[3, 1, 1].item() == 0.0
    assert found[3 + 12, 1, 1].item() == pytest.approx(difference, rel=1e-5)
    assert found[3 + 12, 1, 2].item() == 0.0


def test_the_patterns_are_orthogonal_so_that_nothing_of_a_patch_is_lost() -> None:
    filters = Whitening().patterns.weight.detach().flatten(1)
    unit = filters / filters.norm(dim=1, keepdim=True)
    assert torch.allclose(unit @ unit.T, torch.eye(12), atol=1e-6)


def test_it_begins_from_its_own_weights_again() -> None:
    first, second = architecture(NAME).build(), architecture(NAME).build()
    images = torch.rand(2, 3, 32, 32)
    for network in (first, second):
        network.module().eval()
    assert not torch.equal(first.logits(images), second.logits(images))
    with torch.no_grad():
        architecture(NAME).initialise(second, first.module().state_dict())
    assert torch.equal(first.logits(images), second.logits(images))


def test_the_first_blocks_are_those_nearest_the_image() -> None:
    network = architecture(NAME).build()
    blocks = architecture(NAME).first_blocks(network, 2)
    assert blocks == [network.trunk.get_submodule("whitening"), network.trunk.get_submodule("fine")]


@pytest.mark.parametrize(
    "name", ["thumbnail", "thumbnail(8,8)", "thumbnail(0,8,8)", "thumbnail(8,8,1025)", "thumbnail(8,8,8)x"]
)
def test_a_size_that_cannot_be_built_is_refused(name: str) -> None:
    with pytest.raises(ArchitectureError, match="three widths of 1 to 1024"):
        architecture(name)
