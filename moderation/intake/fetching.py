"""Fetch the pictures that were submitted by URL: claim, download in threads, take in or fail."""

import threading
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

import structlog
from django.conf import settings
from django.db import transaction

from detector import images
from foundation import http
from foundation.problems import Problem
from moderation.intake import failing, files, work
from moderation.intake.models import FETCHES, Submission, Work
from moderation.intake.services import nudge_analysis, nudge_fetching, verify

log = structlog.get_logger(__name__)
FETCHERS = 8
PAUSE = 0.25
TURN = 20.0
CODES: dict[type[http.Refused], str] = {
    http.Forbidden: "url-forbidden",
    http.Unreachable: "url-unreachable",
    http.TooLarge: "too-large",
    http.Unwanted: "unsupported-media-type",
}
Running = dict[Future[bytes], Work]
_turn = threading.Lock()
_asked = threading.Event()


def fetch_waiting(client: http.Client | None = None) -> int:
    """Fetch what waits, several at a time, and what comes meanwhile; return how many works were closed.

    The downloads happen in threads, all else, decoding too, in this one: pictures are large. A process claims in one
    such call at a time; another asks it to look once more and returns 0. After ``TURN`` seconds nothing more is
    claimed, so that a worker can stop.
    """
    if not _turn.acquire(blocking=False):
        _asked.set()
        return 0
    running: Running = {}
    with ThreadPoolExecutor(FETCHERS, thread_name_prefix="fetch") as pool:
        try:
            closed = _claim_and_fetch(pool, running, client or http.Client(settings.ALLOWED_PRIVATE_NETWORKS))
        finally:
            _turn.release()
        if running:
            nudge_fetching()
        while running:
            closed += _collect(running)
    return closed


def _claim_and_fetch(pool: ThreadPoolExecutor, running: Running, client: http.Client) -> int:
    stop_at, closed = time.monotonic() + TURN, 0
    while time.monotonic() < stop_at:
        _asked.clear()
        for one in work.claim(FETCHERS - len(running), settings.FETCH_LEASE, FETCHES):
            running[pool.submit(fetched, client, one.submission.url)] = one
        if not running and not _asked.is_set():
            break
        closed += _collect(running)
    return closed


def _collect(running: Running) -> int:
    """Settle what came back within ``PAUSE`` seconds; return how many works that closed."""
    done, _ = wait(running, timeout=PAUSE, return_when=FIRST_COMPLETED)
    return sum(_settle(running.pop(future), future) for future in done)


def fetched(client: http.Client, url: str) -> bytes:
    """Return the bytes at ``url``, which begin as a picture does.

    Raises:
        Problem: ``url-forbidden``, ``url-unreachable``, ``too-large`` or ``unsupported-media-type``.
    """
    try:
        return http.download(
            client,
            url,
            timeout=settings.FETCH_TIMEOUT.total_seconds(),
            max_bytes=settings.IMAGE_MAX_BYTES,
            wanted=lambda first: images.identify(first) is not None,
        )
    except http.Unwanted as refusal:
        raise Problem(CODES[http.Unwanted], "What lies at this address is no image of an accepted type.") from refusal
    except http.Refused as refusal:
        raise Problem(CODES[type(refusal)], str(refusal)) from refusal


def _settle(one: Work, future: Future[bytes]) -> bool:
    """Take in what was fetched, or say why not; a fault of ours leaves the work to the sweep, which tries again."""
    try:
        return _taken_in_or_given_up(one, future)
    except Exception:
        log.exception("fetch_broke", submission=one.submission_id)
        return False


def _taken_in_or_given_up(one: Work, future: Future[bytes]) -> bool:
    try:
        return take_in(one, future.result())
    except Problem as problem:
        return give_up(one, problem.code, problem.detail)


def take_in(one: Work, data: bytes) -> bool:
    """Store the picture of a claimed work and queue its analysis, if the claim still holds; return whether it did.

    Raises:
        Problem: the bytes are refused.
    """
    facts = verify(data)
    with transaction.atomic():
        if not work.close(one):
            return False
        image = files.keep(one.submission.client, data, facts)
        Submission.objects.filter(pk=one.submission_id, image=None).update(image=image)
        Work.objects.create(submission=one.submission, priority=one.priority)
        transaction.on_commit(nudge_analysis)
    log.info("submission_fetched", submission=one.submission_id, sha256=facts.sha256, bytes=facts.bytes)
    return True


@transaction.atomic
def give_up(one: Work, code: str, detail: str) -> bool:
    """Close a claimed work and fail its submission, if the claim still holds; return whether it did."""
    if not work.close(one):
        return False
    failing.fail(one.submission, code, detail)
    return True


def sweep() -> int:
    """Free the works whose worker stopped (or fail them after the last attempt), and wake workers; return how many."""
    expired = list(work.expired(FETCHES).select_related("submission__client")[:200])
    for one in expired:
        log.warning("fetch_lease_expired", submission=one.submission_id, attempts=one.attempts)
        if one.attempts >= settings.ANALYSIS_ATTEMPTS:
            give_up(one, "internal", f"Fetching the picture failed {one.attempts} times on our side.")
        else:
            work.give_back(one, "The worker stopped before it was done.")
    if work.waiting(FETCHES).exists():
        nudge_fetching()
    return len(expired)
