"""What an event carries: thin, because receivers refuse large bodies; the links lead to the rest."""

import json
from collections.abc import Mapping
from typing import Any

LARGEST = 20_000
HEAVY = ("findings", "provenance", "matches", "metadata")


def thin(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body with as many of ``HEAVY`` left out of its data as make it ``LARGEST`` bytes, and ``truncated``.

    The bytes are those that are signed and sent: UTF-8, without spaces.
    """
    slim = dict(body)
    for name in HEAVY:
        if size(slim) <= LARGEST:
            break
        kept = {key: value for key, value in slim["data"].items() if key != name}
        slim["data"] = {**kept, "truncated": True}
    return slim


def serialise(body: Mapping[str, Any]) -> bytes:
    """Return the bytes of a body, the same for the same body every time."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def size(body: Mapping[str, Any]) -> int:
    return len(serialise(body))
