"""Calls of the review API, as tests make them."""

import json
from typing import Any

from django.test import Client as Browser

from moderation.clients.models import Client
from moderation.events import services as events
from moderation.events.models import Event
from moderation.intake.models import Submission
from moderation.verdicts import services as verdicts
from moderation.verdicts.models import Verdict
from tests.factories import SubmissionFactory, said

RAN = {"general": "mdl_1", "face": "mdl_2", "edited": "mdl_3"}
SUBMISSIONS = "/api/v1/submissions"


def judged(client: Client, probability: float = 0.9, **fields: Any) -> Submission:
    """Return an analysed submission whose events were handed on: at 0.6 a case is open, at 0.9 none."""
    submission: Submission = SubmissionFactory.create(client=client, **fields)
    verdicts.record_analysis(submission, [said(probability)], RAN)
    events.dispatch_due()
    return submission


def call(browser: Browser, method: str, path: str, secret: str | None, body: Any = None) -> Any:
    """Call with a key, or with the browser's session where there is none; a text is sent as it is."""
    headers = {"authorization": f"Bearer {secret}"} if secret else {}
    data = body if isinstance(body, str | bytes) else json.dumps(body)
    options = {} if method == "get" else {"data": data, "content_type": "application/json"}
    return getattr(browser, method)(path, headers=headers, **options)


def post(browser: Browser, secret: str | None, submission: Submission, what: str, body: Any) -> Any:
    return call(browser, "post", f"{SUBMISSIONS}/{submission.pk}/{what}", secret, body)


def get(browser: Browser, secret: str | None, path: str) -> Any:
    return call(browser, "get", path, secret)


def standing(submission: Submission) -> Verdict:
    return Verdict.objects.get(submission=submission, is_current=True)


def told(submission: Submission) -> list[str]:
    """Return the types of what was recorded of the submission, in order."""
    return list(Event.objects.filter(subject=submission.pk).order_by("id").values_list("type", flat=True))


def due(submission: Submission, type_: str) -> Event:
    return Event.objects.get(subject=submission.pk, type=type_)
