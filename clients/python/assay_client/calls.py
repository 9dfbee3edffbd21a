"""Every call as data: what is asked of the API, apart from how it is sent."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, TypedDict
from urllib.parse import quote

ONCE = "Idempotency-Key"
IDEMPOTENT = {"GET", "HEAD", "PUT", "DELETE"}
Files = Mapping[str, tuple[str, bytes]]
Priority = Literal["low", "normal", "high"]
Label = Literal["real", "ai_generated", "edited", "cannot_tell"]
FilterValue = str | int | float | datetime


class Description(TypedDict, total=False):
    """What a client may say of a picture."""

    external_id: str | None
    """The client's own name for it."""
    author_id: str | None
    metadata: Mapping[str, Any]
    priority: Priority


class Sending(Description, total=False):
    """A description, and how to send it."""

    wait: int
    """Seconds, 1 to 30, that the answer may be held until the verdict is there."""
    idempotency_key: str
    """What makes two calls the same one; a fresh one where none is given."""


@dataclass(frozen=True)
class Call:
    """One call; ``path`` lies under ``/api/v1``, ``held`` is how long the answer may be held on purpose (seconds)."""

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    files: Files | None = None
    data: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    held: float = 0.0

    @property
    def repeatable(self) -> bool:
        """Whether doing it twice is the same as doing it once."""
        return self.method in IDEMPOTENT or ONCE in self.headers


def get(path: str, *, wait: int | None = None, **params: FilterValue | None) -> Call:
    return Call("GET", path, params=parameters(params), headers=_prefer(wait), held=wait or 0)


def post(
    path: str,
    body: Any = None,
    *,
    files: Files | None = None,
    data: Mapping[str, str] | None = None,
    wait: int | None = None,
    idempotency_key: str | None = None,
) -> Call:
    """Return a POST with an Idempotency-Key, which stays the same however often the call is sent."""
    headers = {ONCE: quoted(idempotency_key or str(uuid.uuid4())), **_prefer(wait)}
    return Call("POST", path, json=body, files=files, data=data, headers=headers, held=wait or 0)


def submit_bytes(image: bytes, name: str, given: Sending) -> Call:
    fields = {key: str(value) for key, value in _described(given).items() if key != "metadata"}
    if "metadata" in given:
        fields["metadata"] = json.dumps(given["metadata"])
    return post("/submissions", files={"file": (name, image)}, data=fields, **_sent(given))


def submit_url(url: str, given: Sending) -> Call:
    return post("/submissions", {"url": url, **_described(given)}, **_sent(given))


def submit_batch(items: Sequence[Mapping[str, Any]], idempotency_key: str | None) -> Call:
    return post("/submissions/batch", {"items": list(items)}, idempotency_key=idempotency_key)


def of_submission(submission_id: str, tail: str = "") -> str:
    return f"/submissions/{segment(submission_id)}{tail}"


def decide(submission_id: str, label: Label, reason_code: str | None, note: str, key: str | None) -> Call:
    body = {"label": label, "reason_code": reason_code, "note": note}
    return post(of_submission(submission_id, "/decisions"), body, idempotency_key=key)


def report(submission_id: str, expected: Label, note: str, key: str | None) -> Call:
    body = {"expected": expected, "note": note}
    return post(of_submission(submission_id, "/reports"), body, idempotency_key=key)


def appeal(submission_id: str, statement: str, key: str | None) -> Call:
    return post(of_submission(submission_id, "/appeals"), {"statement": statement}, idempotency_key=key)


def other(method: str, path: str, body: Any, params: Mapping[str, FilterValue]) -> Call:
    headers = {ONCE: quoted(str(uuid.uuid4()))} if method == "POST" else {}
    return Call(method, path, params=parameters(params), json=body, headers=headers)


def parameters(given: Mapping[str, FilterValue | None]) -> dict[str, str]:
    """Return query parameters: times as RFC 3339, without those that are None.

    Raises:
        ValueError: a time has no zone.
    """
    return {name: _text(value) for name, value in given.items() if value is not None}


def segment(text: str) -> str:
    """Return ``text`` as one segment of a path."""
    return quote(text, safe="")


def quoted(key: str) -> str:
    """Return a key as the string of RFC 9651, section 3.3.3."""
    return '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _text(value: FilterValue) -> str:
    if not isinstance(value, datetime):
        return str(value)
    if value.tzinfo is None:
        raise ValueError(f"{value} has no time zone; use datetime.now(UTC) and the like.")
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _described(given: Sending) -> dict[str, Any]:
    names = ("external_id", "author_id", "metadata", "priority")
    return {name: given[name] for name in names if given.get(name) is not None}  # type: ignore[literal-required]


def _sent(given: Sending) -> dict[str, Any]:
    return {"wait": given.get("wait"), "idempotency_key": given.get("idempotency_key")}


def _prefer(wait: int | None) -> dict[str, str]:
    return {"Prefer": f"wait={wait}"} if wait else {}
