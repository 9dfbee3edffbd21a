"""Pictures of a report are PNG files that open, also of one class."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from detector.bundles import Bundle
from detector.evaluation.plots import write_plots
from detector.evaluation.report import report
from detector.evaluation.scoring import Scored


@pytest.mark.parametrize("labels", [[0, 0, 1, 1], [1, 1, 1, 1]])
def test_three_pictures_are_written_and_differ(general: Bundle, tmp_path: Path, labels: list[int]) -> None:
    made = report(general, Scored(np.array([-4.0, 0.2, 1.0, 4.0]), np.array(labels), ["a"] * 4))
    written = write_plots(tmp_path / "new", made, "general 1")
    assert [path.name for path in written] == ["reliability.png", "confusion.png", "error-by-share.png"]
    pixels = [np.asarray(Image.open(path).convert("L")) for path in written]
    assert all(picture.std() > 5 for picture in pixels)
    assert len({picture.tobytes() for picture in pixels}) == 3
