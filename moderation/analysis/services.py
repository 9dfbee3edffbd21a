"""What the worker does: claim, look, record; and the sweep that frees what a dead worker held."""

from collections.abc import Callable, Iterator, Sequence

import structlog
from django.conf import settings
from django.db import transaction

from detector.images import ImageRefused
from foundation import metrics
from moderation.analysis import detectors
from moderation.analysis.batch import Batch, Outcome, detected
from moderation.intake import work
from moderation.intake.models import Work
from moderation.intake.services import nudge_analysis
from moderation.verdicts import services as verdicts

log = structlog.get_logger(__name__)


def analyse_waiting(stopping: Callable[[], bool] = lambda: False) -> int:
    """Claim and analyse batches until nothing waits or ``stopping`` says so; return how many works were closed.

    A worker that cannot load the models in service claims nothing: it would only use up every image's attempts.

    Raises:
        detector.bundles.BundleError: a bundle in service is missing or not the one that was registered.
    """
    detectors.current()
    return sum(_finish(batch) for batch in detected(_claimed(stopping)))


def analyse(works: Sequence[Work]) -> int:
    """Analyse claimed works; return how many were closed."""
    batch = _prepared(works)
    batch.detect().result()
    return _finish(batch)


def _claimed(stopping: Callable[[], bool]) -> Iterator[Batch]:
    while not stopping() and (works := work.claim(settings.ANALYSIS_BATCH, settings.ANALYSIS_LEASE)):
        yield _prepared(works)


def _prepared(works: Sequence[Work]) -> Batch:
    metrics.BATCH.observe(len(works))
    log.info("batch_claimed", size=len(works), submissions=[one.submission_id for one in works])
    batch = Batch(works)
    batch.prepare()
    return batch


def _finish(batch: Batch) -> int:
    if batch.error:
        log.error("batch_failed", size=len(batch.works), exc_info=batch.error)
        return _split(batch.works, batch.error)
    with batch.watch.stage("record"):
        closed = _record_all(batch)
    log.info("batch_done", size=len(batch.works), closed=closed, seconds=batch.watch.rounded())
    return closed


def _split(works: Sequence[Work], error: Exception) -> int:
    """Try the works of a failed batch one by one, so that a bad image harms no other."""
    if len(works) > 1:
        return sum(analyse([one]) for one in works)
    return int(_give_back_or_fail(works[0], f"{type(error).__name__}: {error}"))


def _record_all(batch: Batch) -> int:
    """Record a batch in one transaction, for one commit; where that fails, each image in a transaction of its own."""
    try:
        with transaction.atomic():
            return sum(_record(one, batch.outcome(one)) for one in batch.works)
    except Exception:
        log.exception("batch_not_recorded", size=len(batch.works))
    return sum(_record_alone(one, batch.outcome(one)) for one in batch.works)


def _record_alone(one: Work, result: Outcome) -> bool:
    """Record one image's result; one that cannot be written keeps no other of the batch from it."""
    try:
        with transaction.atomic():
            return _record(one, result)
    except Exception as error:
        log.exception("result_not_recorded", submission=one.submission_id)
        return _give_back_or_fail(one, f"The result could not be recorded: {type(error).__name__}.")


def _record(one: Work, result: Outcome) -> bool:
    if isinstance(result, ImageRefused):
        return _fail(one, result.code, result.detail)
    if isinstance(result, OSError):
        return _give_back_or_fail(one, f"The stored file could not be read: {type(result).__name__}.")
    with transaction.atomic(savepoint=False):
        if not work.close(one):
            log.warning("lease_lost", submission=one.submission_id)
            return False
        findings = verdicts.record_analysis(
            one.submission, result.said, result.roles_run, result.examined, result.hashes
        )
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
