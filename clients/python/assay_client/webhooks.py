"""What Assay tells: verify first, read then (Standard Webhooks 1.0)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

from assay_client.errors import SignatureInvalid


@dataclass(frozen=True)
class Event:
    """What was told; ``id`` is the same in every attempt and replay: what was done for it need not be done again."""

    id: str
    type: str
    timestamp: str
    data: dict[str, Any]
    is_replay: bool = False


def verify(secret: str | Sequence[str], body: bytes, headers: Mapping[str, str]) -> Event:
    """Return the event of a request that Assay signed within the last five minutes.

    Args:
        secret: ``whsec_...``, or several while one replaces another.
        body: the request's bytes as they came; what was parsed and written again does not verify.
        headers: the request's; their case does not matter.

    Raises:
        SignatureInvalid: Assay did not send this, or not now.
    """
    named = {name.lower(): value for name, value in headers.items()}
    for one in [secret] if isinstance(secret, str) else secret:
        found = _verified(one, body, named)
        if found is not None:
            return Event(named["webhook-id"], **found, is_replay=named.get("assay-replay") == "true")
    raise SignatureInvalid("No signature of this request holds.")


def _verified(secret: str, body: bytes, headers: dict[str, str]) -> dict[str, Any] | None:
    verifier = Webhook(secret)
    try:
        found = verifier.verify(body, headers)
    except (WebhookVerificationError, ValueError):
        return None
    return {name: found[name] for name in ("type", "timestamp", "data")}
