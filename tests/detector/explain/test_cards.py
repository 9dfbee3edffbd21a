"""A card names a way of explaining that its network allows, or the bundle is refused when it is loaded."""

import dataclasses
from pathlib import Path

import pytest

from detector.bundles import Bundle, BundleError, load, save
from detector.detect import Detector
from tests.detector.pictures import decoded, noise


@pytest.mark.parametrize("explanation", ["guess", "local", ""])
def test_an_explanation_that_the_head_does_not_allow_is_refused(
    general: Bundle, tmp_path: Path, explanation: str
) -> None:
    save(tmp_path, dataclasses.replace(general.card, explanation=explanation), general.network)
    with pytest.raises(BundleError, match="mobilenet_v2 cannot be explained by"):
        load(tmp_path)


@pytest.mark.parametrize(("explanation", "mapped"), [("none", False), ("layercam", True), ("hirescam", True)])
def test_the_card_decides_whether_there_is_a_heatmap(general: Bundle, explanation: str, mapped: bool) -> None:
    card = dataclasses.replace(general.card, explanation=explanation)
    detector = Detector({"general": Bundle(card, general.network)}, device="cpu", threads=1)
    (seen,) = detector.analyse([decoded(noise(64, 64))])[0].observations
    assert (seen.heatmap is not None) == mapped
