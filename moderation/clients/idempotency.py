"""Answer a POST once: the work and its stored answer are one transaction (HTTP.md, "Idempotency").

Whoever runs the work holds an advisory lock of the transaction, so that a process that dies leaves neither half an
answer nor a key that is taken for ever.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from foundation import idempotency
from foundation.problems import CONTENT_TYPE, Problem
from foundation.rest import to_problem
from moderation.clients.authentication import owner_of
from moderation.clients.models import StoredAnswer

KEPT = timedelta(hours=24)
REFUSED = 422
Handler = Callable[[], Response]
Refuse = Callable[[Exception], Response]


def answer(request: Request, handler: Handler, refuse: Refuse) -> Response:
    """Return the handler's answer, or the stored one where the request's key was answered within a day.

    Args:
        request: a POST by a known caller, permitted already.
        handler: does the work and answers.
        refuse: turns an exception into an answer, as the view does.

    Raises:
        Problem: ``idempotency-in-progress`` while another request with the key runs, ``idempotency-key-reused`` for
            another body, ``invalid`` for a key that is none.
        Exception: what the handler raises, but for what is a 422; nothing is kept then.
    """
    key = idempotency.key_of(request)
    if key is None or request.user is None:
        return handler()
    owner = owner_of(request.user)
    place = hashlib.sha256(json.dumps([owner, request.path, key]).encode()).hexdigest()
    fingerprint = idempotency.fingerprint(request)
    with transaction.atomic():
        _lock(place)
        stored = StoredAnswer.objects.filter(place=place).first()
        if stored and stored.created_at > timezone.now() - KEPT:
            return _replay(stored, fingerprint)
        response = _attempt(handler, refuse)
        if response.status_code < 300 or response.status_code == REFUSED:
            _store(StoredAnswer(place=place, owner=owner, fingerprint=fingerprint), response)
        return response


def forget(owner: str, identifier: str, since: datetime) -> int:
    """Delete the stored answers of a client that name an object, which was made at ``since``; return how many."""
    rows = StoredAnswer.objects.filter(owner=owner, created_at__gte=since, body__contains=identifier)
    return rows.delete()[0]


def sweep() -> int:
    """Delete the answers that are older than a day; return how many."""
    return StoredAnswer.objects.filter(created_at__lt=timezone.now() - KEPT).delete()[0]


def _lock(place: str) -> None:
    number = int.from_bytes(bytes.fromhex(place)[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        (held,) = cursor.fetchone()
    if not held:
        detail = "The first request with this Idempotency-Key is still being answered."
        raise Problem("idempotency-in-progress", detail, headers={"Retry-After": "1"})


def _attempt(handler: Handler, refuse: Refuse) -> Response:
    """Run the handler; a 422 is an answer too, and takes back what the handler wrote."""
    try:
        with transaction.atomic():
            return handler()
    except Exception as error:
        if to_problem(error).status != REFUSED:
            raise
        return refuse(error)


def _store(row: StoredAnswer, response: Response) -> None:
    """Keep status, Location and body; a secret is shown in the first answer only."""
    body: Any = response.data
    if isinstance(body, dict) and "secret" in body:
        body = {**body, "secret": None}
    row.status, row.location = response.status_code, response.headers.get("Location", "")
    row.body, row.created_at = JSONRenderer().render(body).decode(), timezone.now()
    row.save()


def _replay(stored: StoredAnswer, fingerprint: str) -> Response:
    if stored.fingerprint != fingerprint:
        raise Problem("idempotency-key-reused", "This Idempotency-Key was used with another body.")
    headers = {"Idempotency-Replayed": "true", **({"Location": stored.location} if stored.location else {})}
    kind = CONTENT_TYPE if stored.status == REFUSED else None
    body = json.loads(stored.body) if stored.body else None
    return Response(body, status=stored.status, headers=headers, content_type=kind)
