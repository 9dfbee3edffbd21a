"""The worker's detector runs on the engine that the settings name, and says which it chose."""

from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from detector.engines import EngineError, onnx_runtime
from moderation.analysis import detectors
from moderation.registry import services as registry
from moderation.registry.incoming import register
from tests.registry.bundles_for_tests import write


@pytest.fixture
def _in_service(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.CACHE = tmp_path / "cache"
    settings.ANALYSIS_THREADS = 1
    registry.promote(register(write(tmp_path / "mine"), actor="test"), actor="test")


@pytest.mark.django_db
@pytest.mark.usefixtures("_in_service")
def test_the_fastest_engine_is_measured_once_and_logged_with_its_figures(tmp_path: Path, settings: Any) -> None:
    settings.ANALYSIS_ENGINE = "auto"

    with capture_logs() as logs:
        loaded = detectors.current()

    chosen = loaded.detector.engines["general"]
    (line,) = [one for one in logs if one["event"] == "detector_loaded"]
    assert chosen.measured is not None
    assert set(chosen.measured.milliseconds) == {"torch", "onnxruntime"}
    assert line["engines"] == {"general": str(chosen)}
    assert line["engines"]["general"].startswith(f"{chosen.measured.fastest} (onnxruntime ")
    assert len(list((tmp_path / "cache" / "engines").glob("*.json"))) == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("_in_service")
def test_an_engine_can_be_forced(settings: Any) -> None:
    settings.ANALYSIS_ENGINE = "onnxruntime"
    engine = detectors.current().detector.engines["general"]
    assert (str(engine), engine.measured) == ("onnxruntime", None)


@pytest.mark.django_db
@pytest.mark.usefixtures("_in_service")
def test_a_forced_engine_that_is_not_installed_is_an_error_that_says_so(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ANALYSIS_ENGINE = "onnxruntime"
    monkeypatch.setattr(onnx_runtime, "find_spec", lambda name: None)
    with pytest.raises(EngineError, match=r"The engine onnxruntime cannot be used: the package .* is not installed\."):
        detectors.current()
