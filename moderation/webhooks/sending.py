"""One attempt: the request and what came of it. Nothing here touches the database, so it may run in any thread."""

import codecs
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog

from foundation import http
from moderation.events import payload
from moderation.webhooks import schedule, signing
from moderation.webhooks.models import EXCERPT, Delivery

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Message:
    """All that an attempt needs to know."""

    event_id: str
    url: str
    body: bytes = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    replayed: bool = False

    @classmethod
    def of(cls, delivery: Delivery) -> "Message":
        endpoint, event = delivery.endpoint, delivery.event
        body = payload.serialise(event.body)
        keys, headers = tuple(endpoint.secrets()), dict(endpoint.headers)
        return cls(event.pk, endpoint.url, body, keys, headers, replayed=delivery.replays > 0)


@dataclass(frozen=True)
class Outcome:
    """What an attempt came to: a status and the beginning of the reply, or an error in a sentence."""

    started_at: datetime
    milliseconds: int
    status_code: int | None = None
    error: str = ""
    excerpt: str = ""
    retry_after: timedelta | None = None

    @property
    def succeeded(self) -> bool:
        return self.status_code is not None and 200 <= self.status_code < 300

    @property
    def gone(self) -> bool:
        return self.status_code == 410


def send(message: Message, client: http.Client, timeout: timedelta) -> Outcome:
    """Send ``message`` once, with a fresh timestamp and signature; every failure is an outcome."""
    started_at, clock = datetime.now(UTC), time.perf_counter()
    reply, error = _ask(message, client, timeout, started_at)
    milliseconds = round((time.perf_counter() - clock) * 1000)
    if reply is None:
        return Outcome(started_at, milliseconds, error=error)
    return Outcome(
        started_at,
        milliseconds,
        reply.status,
        error=_complaint(reply.status),
        excerpt=excerpt(reply.body),
        retry_after=schedule.retry_after(reply.headers.get("retry-after"), datetime.now(UTC)),
    )


def _ask(message: Message, client: http.Client, timeout: timedelta, at: datetime) -> tuple[http.Reply | None, str]:
    try:
        signed = signing.headers(message.secrets, message.event_id, at, message.body)
        replay = {"Assay-Replay": "true"} if message.replayed else {}
        reply = client.send(
            "POST",
            message.url,
            timeout=timeout.total_seconds(),
            max_bytes=EXCERPT,
            headers={**message.headers, **signed, **replay, "Content-Type": "application/json"},
            content=message.body,
        )
    except (http.Forbidden, http.Unreachable) as error:
        return None, str(error)[:300]
    except Exception:
        log.exception("webhook_attempt_broke", event_id=message.event_id)
        return None, "The attempt failed on our side."
    return reply, ""


def _complaint(status: int) -> str:
    if 200 <= status < 300:
        return ""
    if 300 <= status < 400:
        return f"It answered {status}; redirects are not followed."
    return f"It answered {status}."


def excerpt(body: bytes) -> str:
    """Return the first 1 kB of a reply as text that can be stored; what is not UTF-8 is replaced."""
    text = codecs.getincrementaldecoder("utf-8")("replace").decode(body[:EXCERPT])
    return text.replace("\x00", "\ufffd")
