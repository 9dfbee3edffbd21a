"""The detector of this process: the bundles in service, loaded once and again when what is in service changes."""

import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from django.conf import settings

from detector import bundles
from moderation.registry import services as registry
from moderation.registry.models import ModelVersion

if TYPE_CHECKING:
    from detector.bundles import Bundle
    from detector.detect import Detector

log = structlog.get_logger(__name__)
# The one thread that loads and runs networks, for the life of the process: OpenMP keeps a team of helpers for each
# thread that ever used it, and two teams on the same cores halve each other's speed.
THREAD = ThreadPoolExecutor(1, "detector")


@dataclass(frozen=True)
class Loaded:
    """A detector and the model version behind each of its roles."""

    models: Mapping[str, ModelVersion]
    detector: "Detector"

    def ids(self) -> dict[str, str]:
        return {role: model.pk for role, model in self.models.items()}


class Shelf:
    """Holds the one detector of a process."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.loaded: Loaded | None = None

    def fitting(self, models: Mapping[str, ModelVersion]) -> Loaded:
        with self.lock:
            if self.loaded is None or self.loaded.ids() != {role: model.pk for role, model in models.items()}:
                self.loaded = THREAD.submit(_load, models).result()
            return self.loaded


_shelf = Shelf()


def current() -> Loaded:
    """Return the detector for what is in service now.

    Raises:
        detector.bundles.BundleError: a bundle is missing, or its weights are not those of its card.
        detector.engines.EngineError: the engine that the settings name is not installed, or cannot run a bundle.
    """
    return _shelf.fitting(registry.in_service())


def _load(models: Mapping[str, ModelVersion]) -> Loaded:
    from detector.detect import Detector  # noqa: PLC0415  brings PyTorch, which only analysis workers need

    started = time.monotonic()
    loaded = {role: _bundle_of(model) for role, model in models.items()}
    detector = Detector(
        loaded,
        device=settings.ANALYSIS_DEVICE,
        threads=settings.ANALYSIS_THREADS or None,
        engine=settings.ANALYSIS_ENGINE,
        cache=settings.CACHE / "engines",
    )
    names = {role: str(model) for role, model in models.items()}
    engines = {role: str(chosen) for role, chosen in detector.engines.items()}
    log.info("detector_loaded", models=names, engines=engines, seconds=round(time.monotonic() - started, 2))
    return Loaded(models, detector)


def _bundle_of(model: ModelVersion) -> "Bundle":
    """Load the bundle of a registered model; other weights in its place would speak in its name."""
    bundle = bundles.load(registry.folder(model))
    if bundle.card.weights_sha256 != model.weights_sha256:
        raise bundles.BundleError(f"The weights of {model} on this machine are not those that were registered.")
    return bundle
