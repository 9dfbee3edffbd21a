"""Turn files of URLs into submissions: kept as they came, read by a worker, a result for every row."""

import time
import uuid
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from foundation import problems
from foundation.broker import nudge
from foundation.ids import new_id
from foundation.problems import Problem
from foundation.rest import to_problem
from moderation.clients.models import Client
from moderation.intake import rows
from moderation.intake.items import submit_row
from moderation.intake.models import Import, ImportRow, ImportState
from moderation.intake.rows import Row

log = structlog.get_logger(__name__)
LEASE = timedelta(seconds=60)
AT_ONCE = 100
TURN = 20.0
TRIES = 3
OPEN = (ImportState.QUEUED, ImportState.RUNNING)


def start(client: Client, data: bytes, file_name: str) -> Import:
    """Keep the file and queue its import.

    Raises:
        Problem: ``invalid`` when it is no ``.csv`` or ``.jsonl``, or cannot be read as one; nothing is kept.
    """
    form = file_name.lower().rpartition(".")[2]
    if form not in rows.FORMS:
        raise rows.unreadable("Name the file .csv or .jsonl, as what it is.")
    count = len(rows.read(data, form))
    pk = new_id("imp")
    path = default_storage.save(f"imports/{client.pk}/{pk}.{form}", ContentFile(data))
    with transaction.atomic():
        made = Import.objects.create(id=pk, client=client, file_name=file_name[-200:], form=form, path=path, rows=count)
        transaction.on_commit(nudge_imports)
    log.info("import_queued", import_id=pk, client=client.pk, rows=count)
    return made


def nudge_imports() -> None:
    nudge("intake.import", queue_name="default")


def waiting() -> QuerySet[Import]:
    """Return the imports that are not done and that nobody holds."""
    free = Q(token=None) | Q(leased_until__lt=timezone.now())
    return Import.objects.filter(free, state__in=OPEN).order_by("id")


def run_waiting() -> int:
    """Work on imports that wait, for some seconds; return how many rows got a result."""
    stop_at, done = time.monotonic() + TURN, 0
    while time.monotonic() < stop_at and (one := claim()):
        done += _run(one, stop_at)
    sweep()
    return done


@transaction.atomic
def claim() -> Import | None:
    """Claim the oldest import that waits; one that stopped its worker three times at the same row has failed."""
    one = waiting().select_for_update(skip_locked=True, of=("self",)).first()
    if one is None:
        return None
    if one.attempts >= TRIES:
        _end(one, ImportState.FAILED, Problem("internal", f"Row {one.done + 1} could not be worked on."))
        return None
    one.token, one.leased_until, one.attempts = uuid.uuid4(), timezone.now() + LEASE, one.attempts + 1
    one.state = ImportState.RUNNING
    one.save(update_fields=["token", "leased_until", "attempts", "state"])
    return one


def _run(one: Import, stop_at: float) -> int:
    try:
        with default_storage.open(one.path) as file:
            left = rows.read(file.read(), one.form)[one.done :]
    except OSError:
        log.exception("import_file_gone", import_id=one.pk)
        _end(one, ImportState.FAILED, Problem("gone", "The file is no longer kept."))
        return 0
    done = 0
    while left and time.monotonic() < stop_at:
        batch, left = left[:AT_ONCE], left[AT_ONCE:]
        if not take(one, batch):
            return done
        done += len(batch)
    if left:
        _held(one).update(token=None, leased_until=None)
    else:
        _end(one, ImportState.FINISHED)
    return done


@transaction.atomic
def take(one: Import, batch: Sequence[Row]) -> bool:
    """Give the next rows their results, if the claim still holds; return whether it did."""
    results = [ImportRow(of=one, number=one.done + offset) for offset in range(1, len(batch) + 1)]
    held = _held(one).update(done=F("done") + len(batch), leased_until=timezone.now() + LEASE, attempts=0)
    if not held:
        return False
    for result, row in zip(results, batch, strict=True):
        _fill(result, row, one.client)
    ImportRow.objects.bulk_create(results)
    accepted = sum(result.submission is not None for result in results)
    _held(one).update(accepted=F("accepted") + accepted)
    one.done += len(batch)
    return True


def _fill(result: ImportRow, row: Row, client: Client) -> None:
    try:
        if isinstance(row, Problem):
            raise row
        with transaction.atomic():
            result.submission = submit_row(client, row)
    except Exception as error:
        problem = to_problem(error)
        if problem.code == "internal":
            log.exception("import_row_failed", import_id=result.of_id, row=result.number)
        result.problem = problems.document(problem)


def _held(one: Import) -> QuerySet[Import]:
    return Import.objects.filter(pk=one.pk, token=one.token, state=ImportState.RUNNING)


def _end(one: Import, state: ImportState, problem: Problem | None = None) -> None:
    """Close an import that this process holds, and remove its file once that is certain."""
    failure = problems.document(problem) if problem else None
    ended = Import.objects.filter(pk=one.pk, token=one.token, state__in=OPEN)
    if ended.update(state=state, failure=failure, finished_at=timezone.now(), token=None, leased_until=None):
        transaction.on_commit(partial(default_storage.delete, one.path), robust=True)
        log.info("import_ended", import_id=one.pk, state=state, rows=one.done)


def sweep() -> None:
    """Wake a worker while imports wait."""
    if waiting().exists():
        nudge_imports()
