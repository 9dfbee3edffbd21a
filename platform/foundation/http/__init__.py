"""The one client for addresses that others give us: nothing private is reached, however the address is written."""

from foundation.http.addresses import Guard
from foundation.http.client import Client, Reply
from foundation.http.errors import Forbidden, Unreachable
from foundation.http.urls import MAX_URL, check

__all__ = ["MAX_URL", "Client", "Forbidden", "Guard", "Reply", "Unreachable", "check"]
