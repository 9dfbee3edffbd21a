"""The one client for addresses that others give us: nothing private is reached, however the address is written.

Webhooks send with it, without redirects; submissions are downloaded with it.
"""

from foundation.http.addresses import Guard
from foundation.http.client import Client, Reply
from foundation.http.download import download
from foundation.http.errors import Forbidden, Refused, TooLarge, Unreachable, Unwanted
from foundation.http.urls import MAX_URL, check

__all__ = [
    "MAX_URL",
    "Client",
    "Forbidden",
    "Guard",
    "Refused",
    "Reply",
    "TooLarge",
    "Unreachable",
    "Unwanted",
    "check",
    "download",
]
