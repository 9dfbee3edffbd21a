"""Signed links: a path that anyone who has it may open until it expires."""

import time
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.core import signing
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

SALT = "assay.link"


def sign(path: str, lifetime: timedelta) -> str:
    """Return ``path`` with ``expires`` (Unix seconds) and ``signature`` in its query."""
    return _signed(path, int(time.time() + lifetime.total_seconds()))


def sign_until(path: str, at: datetime) -> str:
    """Return ``path`` signed until that moment: the same text each time."""
    return _signed(path, int(at.timestamp()))


def _signed(path: str, at: int) -> str:
    expires = str(at)
    return f"{path}?{urlencode({'expires': expires, 'signature': _signature(path, expires)})}"


def is_signed(request: HttpRequest) -> bool:
    """Say whether the request bears a signature of its own path that has not expired."""
    expires, given = request.GET.get("expires", ""), request.GET.get("signature", "")
    # The signature comes first: a number that the site wrote can be read, a caller's may have thousands of digits.
    return constant_time_compare(_signature(request.path, expires), given) and int(expires) >= time.time()


def _signature(path: str, expires: str) -> str:
    return signing.Signer(salt=SALT).signature(f"{path}|{expires}")
