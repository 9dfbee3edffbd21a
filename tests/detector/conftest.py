"""Bundles that are made once a session, because building a network takes longer than most tests."""

import pytest
import torch

from detector.bundles import Bundle
from detector.detect import Detector
from tests.detector.bundles_for_tests import bundle


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def general() -> Bundle:
    return bundle("general", 0)


@pytest.fixture(scope="session")
def face() -> Bundle:
    return bundle("face", 1)


@pytest.fixture(scope="session")
def edited() -> Bundle:
    return bundle("edited", 2)


@pytest.fixture(scope="session")
def detector(general: Bundle, face: Bundle, edited: Bundle) -> Detector:
    return Detector({"general": general, "face": face, "edited": edited}, device="cpu", threads=1)
