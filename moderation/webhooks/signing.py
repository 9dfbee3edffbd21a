"""Standard Webhooks 1.0: the secret, the exact bytes, and the headers that sign them."""

import base64
import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from standardwebhooks import Webhook

PREFIX = "whsec_"
SECRET_BYTES = 32


def new_secret() -> str:
    """Return ``whsec_`` and the base64 of 32 random bytes."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def serialise(body: Mapping[str, Any]) -> bytes:
    """Return the bytes that are signed and sent, the same for the same event every time."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def headers(keys: Sequence[str], message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """Return the three headers for ``body``, signed by each of ``keys`` at ``at`` (aware, UTC)."""
    signatures = [Webhook(key).sign(message_id, at, body.decode()) for key in keys]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
