"""What the worker does with a batch: read, decode, detect, record."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import structlog
from django.conf import settings
from django.db import transaction

from detector.images import DecodedImage, ImageRefused
from detector.images import read as decode
from detector.results import Analysis
from foundation import metrics
from moderation.analysis import detectors, reuse
from moderation.analysis.detectors import Loaded
from moderation.analysis.results import Result, result_of
from moderation.analysis.stopwatch import Stopwatch
from moderation.intake import files, limits, work
from moderation.intake.models import StoredImage, Work
from moderation.intake.services import nudge_analysis
from moderation.verdicts import services as verdicts

log = structlog.get_logger(__name__)
DECODERS = 4
Decoded = DecodedImage | ImageRefused | OSError


def analyse_waiting(stopping: Callable[[], bool] = lambda: False) -> int:
    """Claim and analyse batches until nothing waits or ``stopping`` says so; return how many works were closed.

    A worker that cannot load the models in service claims nothing: it would only use up every image's attempts.

    Raises:
        detector.bundles.BundleError: a bundle in service is missing or not the one that was registered.
    """
    detectors.current()
    closed = 0
    while not stopping() and (batch := work.claim(settings.ANALYSIS_BATCH, settings.ANALYSIS_LEASE)):
        closed += analyse(batch)
    return closed


def analyse(batch: Sequence[Work]) -> int:
    """Analyse claimed works, one image once however many works ask for it; return how many were closed."""
    metrics.BATCH.observe(len(batch))
    log.info("batch_claimed", size=len(batch), submissions=[one.submission_id for one in batch])
    watch = Stopwatch()
    try:
        loaded = detectors.current()
        results = _results(batch, loaded, watch)
    except Exception as error:
        log.exception("batch_failed", size=len(batch))
        return _split(batch, error)
    with watch.stage("record"):
        closed = _record_all(batch, results)
    log.info("batch_done", size=len(batch), closed=closed, seconds=watch.rounded())
    return closed


def _split(batch: Sequence[Work], error: Exception) -> int:
    """Try the works of a failed batch one by one, so that a bad image harms no other."""
    if len(batch) > 1:
        return sum(analyse([one]) for one in batch)
    return int(_give_back_or_fail(batch[0], f"{type(error).__name__}: {error}"))


def _results(batch: Sequence[Work], loaded: Loaded, watch: Stopwatch) -> dict[str, Result | ImageRefused | OSError]:
    images = {one.submission.image_id: one.submission.image for one in batch}
    results: dict[str, Result | ImageRefused | OSError] = {}
    results |= {pk: found for pk, image in images.items() if (found := reuse.earlier(image, loaded.ids()))}
    fresh = [image for pk, image in images.items() if pk not in results]
    with watch.stage("decode"):
        decoded = dict(zip((image.pk for image in fresh), _decode_all(fresh), strict=True))
    whole = {pk: image for pk, image in decoded.items() if isinstance(image, DecodedImage)}
    results |= {pk: refusal for pk, refusal in decoded.items() if not isinstance(refusal, DecodedImage)}
    analyses = _detect(loaded, list(whole.values()), watch)
    results |= {pk: result_of(analysis, loaded.models) for pk, analysis in zip(whole, analyses, strict=True)}
    return results


def _decode_all(images: Sequence[StoredImage]) -> list[Decoded]:
    if len(images) < 2:
        return [_decode(image) for image in images]
    with ThreadPoolExecutor(DECODERS) as pool:
        return list(pool.map(_decode, images))


def _decode(image: StoredImage) -> Decoded:
    try:
        return decode(files.read(image), limits.current())
    except (ImageRefused, OSError) as error:
        return error


def _detect(loaded: Loaded, images: Sequence[DecodedImage], watch: Stopwatch) -> list[Analysis]:
    if not images:
        return []
    analyses = loaded.detector.analyse(images)
    for stage, seconds in analyses[0].timings.items():
        watch.add(stage, seconds * len(images))
    return analyses


def _record_all(batch: Sequence[Work], results: Mapping[str, Result | ImageRefused | OSError]) -> int:
    """Record a batch in one transaction, for one commit; where that fails, each image in a transaction of its own."""
    try:
        with transaction.atomic():
            return sum(_record(one, results[one.submission.image_id]) for one in batch)
    except Exception:
        log.exception("batch_not_recorded", size=len(batch))
    return sum(_record_alone(one, results[one.submission.image_id]) for one in batch)


def _record_alone(one: Work, result: Result | ImageRefused | OSError) -> bool:
    """Record one image's result; one that cannot be written keeps no other of the batch from it."""
    try:
        with transaction.atomic():
            return _record(one, result)
    except Exception as error:
        log.exception("result_not_recorded", submission=one.submission_id)
        return _give_back_or_fail(one, f"The result could not be recorded: {type(error).__name__}.")


def _record(one: Work, result: Result | ImageRefused | OSError) -> bool:
    if isinstance(result, ImageRefused):
        return _fail(one, result.code, result.detail)
    if isinstance(result, OSError):
        return _give_back_or_fail(one, f"The stored file could not be read: {type(result).__name__}.")
    with transaction.atomic(savepoint=False):
        if not work.close(one):
            log.warning("lease_lost", submission=one.submission_id)
            return False
        findings = verdicts.record_analysis(one.submission, result.said, result.roles_run)
        result.keep_heatmaps(findings)
    return True


def _give_back_or_fail(one: Work, error: str) -> bool:
    if one.attempts >= settings.ANALYSIS_ATTEMPTS:
        return _fail(one, "internal", f"Analysis failed {one.attempts} times. Last: {error}")
    work.give_back(one, error)
    return False


@transaction.atomic
def _fail(one: Work, code: str, detail: str) -> bool:
    return work.close(one) and verdicts.record_failure(one.submission, code, detail)


def sweep() -> int:
    """Free the works whose lease ran out (or fail them after the last attempt), and wake workers; return how many."""
    expired = list(work.expired().select_related("submission__client", "submission__image")[:200])
    for one in expired:
        log.warning("lease_expired", submission=one.submission_id, attempts=one.attempts)
        _give_back_or_fail(one, "The worker stopped before it was done.")
    if work.waiting().exists():
        nudge_analysis()
    return len(expired)
