"""The detector of this process: the bundles in service, loaded once and again when what is in service changes."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

import structlog
from django.conf import settings

from detector import bundles
from detector.detect import Detector
from moderation.registry import services as registry
from moderation.registry.models import ModelVersion

log = structlog.get_logger(__name__)
_lock = threading.Lock()
_loaded: "Loaded | None" = None


@dataclass(frozen=True)
class Loaded:
    """A detector and the model version behind each of its roles."""

    models: Mapping[str, ModelVersion]
    detector: Detector

    def ids(self) -> dict[str, str]:
        return {role: model.pk for role, model in self.models.items()}


def current() -> Loaded:
    """Return the detector for what is in service now.

    Raises:
        detector.bundles.BundleError: a bundle is missing, or its weights are not those of its card.
    """
    global _loaded
    models = registry.in_service()
    with _lock:
        if _loaded is None or _loaded.ids() != {role: model.pk for role, model in models.items()}:
            _loaded = _load(models)
        return _loaded


def _load(models: Mapping[str, ModelVersion]) -> Loaded:
    started = time.monotonic()
    loaded = {role: bundles.load(registry.folder(model)) for role, model in models.items()}
    detector = Detector(loaded, device=settings.ANALYSIS_DEVICE, threads=settings.ANALYSIS_THREADS or None)
    names = {role: str(model) for role, model in models.items()}
    log.info("detector_loaded", models=names, seconds=round(time.monotonic() - started, 2))
    return Loaded(models, detector)
