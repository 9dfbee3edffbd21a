"""Erase submissions: rows in one transaction, files after it, and a receipt that stays."""

from collections.abc import Iterable
from datetime import timedelta
from functools import partial

import structlog
from django.apps import apps
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone

from moderation.audit import services as audit
from moderation.clients import idempotency
from moderation.events import services as events
from moderation.intake import erasers, files, selectors
from moderation.intake.models import Erasure, Submission, Work

log = structlog.get_logger(__name__)
TRIES = 3
PATIENCE = timedelta(seconds=30)
AT_ONCE = 200


def erase(submission: Submission, *, actor: str) -> Erasure:
    """Erase a submission: its bytes unless another one has the same, and every row that hangs on it.

    Events keep type and time, and lose their data. A worker that has it in hand finds its claim gone.

    Raises:
        Problem: ``gone`` when it was erased already, by somebody else at this moment too.
        django.db.OperationalError: three times somebody else held what it needed, and waited for what it had.
    """
    for _ in range(TRIES - 1):
        try:
            return _erase(submission, actor)
        except OperationalError as error:
            log.warning("erasure_tried_again", submission=submission.pk, error=str(error))
    return _erase(submission, actor)


@transaction.atomic
def _erase(submission: Submission, actor: str) -> Erasure:
    receipt = _receipt(submission)
    _lock(submission)
    traces = [eraser(submission) for eraser in erasers.everyone()]
    told = events.erase([submission.pk])
    idempotency.forget(submission.client_id, submission.pk, submission.created_at)
    image = submission.image
    _, counts = Submission.objects.filter(pk=submission.pk).delete()
    receipt.files = files.drop(image) if image else []
    receipt.models_trained_on_it = sorted({model for one in traces for model in one.models})
    found = {*_words(counts), *(word for one in traces for word in one.erased)}
    receipt.erased = sorted(found | ({"events"} if told else set()) | ({"original"} if receipt.files else set()))
    receipt.save()
    audit.record(actor, "submission.erased", submission.pk, {"erased": receipt.erased}, client=submission.client_id)
    transaction.on_commit(partial(remove_files, receipt))
    log.info("submission_erased", submission=submission.pk, client=submission.client_id, erased=receipt.erased)
    return receipt


def _receipt(submission: Submission) -> Erasure:
    """Write the receipt first: it is unique, so that of two who erase one waits here, and then is told."""
    try:
        with transaction.atomic():
            return Erasure.objects.create(client_id=submission.client_id, submission=submission.pk)
    except IntegrityError as error:
        raise selectors.erased() from error


def _lock(submission: Submission) -> None:
    """Lock in the order of the workers: the works, then the submission."""
    list(Work.objects.select_for_update().filter(submission=submission).order_by("pk").values_list("pk"))
    if not Submission.objects.select_for_update().filter(pk=submission.pk).exists():
        raise selectors.erased()
    submission.refresh_from_db(fields=["image"])


def _words(counts: dict[str, int]) -> Iterable[str]:
    """Return the plural names of the tables that lost rows; what only this site knows of is left out."""
    for label, count in counts.items():
        if count and label not in UNTOLD:
            yield str(apps.get_model(label)._meta.verbose_name_plural)


UNTOLD = frozenset({"intake.Submission", "intake.Work"})


def remove_files(receipt: Erasure) -> None:
    """Remove the files that a receipt names, and note it; what fails is left to the sweep."""
    try:
        for path in receipt.files:
            files.remove(path)
    except Exception:
        log.exception("files_not_removed", submission=receipt.submission)
        return
    Erasure.objects.filter(pk=receipt.pk).update(files=[])


def remove_left_files() -> int:
    """Remove the files of receipts whose process stopped before it did; return how many receipts there were."""
    left = Erasure.objects.exclude(files=[]).filter(erased_at__lt=timezone.now() - PATIENCE)
    receipts = list(left.order_by("pk")[:AT_ONCE])
    for receipt in receipts:
        remove_files(receipt)
    return len(receipts)
