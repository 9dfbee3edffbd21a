"""From what came over the wire to what is returned or raised; and how a wait is spent."""

import math
import time
from collections.abc import Mapping
from typing import Any, cast

import httpx

from assay_client.calls import Call
from assay_client.documents import Document
from assay_client.errors import Problem, Unreachable
from assay_client.retries import Outcome, retry_after
from assay_client.version import __version__

LONGEST_WAIT = 30  # seconds that Assay holds an answer at most
PAUSE = 1.0  # seconds between questions where it holds none
FINISHED = {"analysed", "failed"}


def options(site: str, key: str, timeout: float) -> dict[str, Any]:
    """Return what httpx's clients are made with; they follow no redirect, which could carry the key elsewhere.

    Raises:
        ValueError: the key is none; the message does not show it.
    """
    bare = key.strip()
    if not (bare and bare.isascii() and bare.isprintable()):
        raise ValueError("The key is empty, or has characters that no key has.")
    headers = {"Authorization": f"Bearer {bare}", "User-Agent": f"assay-client/{__version__}"}
    return {"base_url": f"{site.rstrip('/')}/api/v1", "headers": headers, "timeout": timeout}


def arguments(call: Call, timeout: float) -> dict[str, Any]:
    """Return what ``build_request`` takes for ``call``; the time that it is held on purpose is granted on top."""
    return {
        "method": call.method,
        "url": call.path,
        "params": dict(call.params),
        "json": call.json,
        "files": call.files,
        "data": call.data,
        "headers": call.headers,
        "timeout": timeout + call.held,
    }


def accepted(outcome: Outcome) -> httpx.Response:
    """Return the answer where it is a good one.

    Raises:
        Problem: Assay, or something before it, refused.
        Unreachable: there is no answer.
    """
    if isinstance(outcome, httpx.TransportError):
        raise Unreachable(f"No answer came: {str(outcome) or type(outcome).__name__}.") from outcome
    if outcome.is_success:
        return outcome
    raise Problem(outcome.status_code, _document(outcome), retry_after(outcome), outcome.headers.get("X-Request-ID"))


def value(response: httpx.Response) -> Any:
    """Return the JSON value of a good answer, None where it has no body.

    Raises:
        Unreachable: it is no JSON, so that it cannot come from Assay.
    """
    if not response.content:
        return None
    try:
        return response.json()
    except ValueError as error:
        raise Unreachable(f"{response.url.host} answered with something else than JSON; is it Assay?") from error


def document(response: httpx.Response) -> Document:
    return cast("Document", value(response))


def following(page: Mapping[str, Any]) -> dict[str, str] | None:
    """Return the parameters of the next page, or None after the last one.

    Only they are taken of the address: the key goes to no other host than the one that was named.
    """
    return dict(httpx.URL(page["next"]).params) if page["next"] else None


class Patience:
    """How long somebody is ready to wait, and what is left of it."""

    def __init__(self, seconds: float) -> None:
        self.ends = time.monotonic() + seconds

    @property
    def left(self) -> float:
        return max(0.0, self.ends - time.monotonic())

    def hold(self) -> int:
        """Return for how many seconds Assay may hold the next answer."""
        return min(LONGEST_WAIT, max(1, math.ceil(self.left)))

    def pause(self, response: httpx.Response) -> float:
        """Return how long to rest before asking again: not at all where Assay held the answer."""
        return 0.0 if "Preference-Applied" in response.headers else min(PAUSE, self.left)


def _document(response: httpx.Response) -> Mapping[str, Any]:
    try:
        found = response.json()
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {"title": response.reason_phrase, "status": response.status_code}
