"""Identifiers: a type prefix and a UUIDv7 (RFC 9562, section 5.7) in Crockford base32: text order is time order."""

import secrets
import threading
import time
from datetime import datetime
from typing import Any

from django.db import models

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 26
COUNTER = 12
TOLERANCE = 10_000 << COUNTER


class Clock:
    """Milliseconds and a counter, 60 bits that rise with every call (RFC 9562, section 6.2, method 1).

    They rise within a millisecond too, and when time is set back by up to ten seconds; a greater step is followed.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.last = 0

    def tick(self) -> int:
        now = (time.time_ns() // 1_000_000 << COUNTER) | secrets.randbits(COUNTER - 1)
        with self.lock:
            self.last = now if self.last - now > TOLERANCE else max(now, self.last + 1)
            return self.last


_clock = Clock()


def uuid7() -> int:
    """Return the 128 bits of a UUIDv7: Unix milliseconds, version, a counter, the variant and 62 random bits.

    The numbers of one process rise from call to call, see :class:`Clock`.
    """
    milliseconds, counter = divmod(_clock.tick(), 1 << COUNTER)
    head = (milliseconds << 16) | (0x7 << 12) | counter
    return (head << 64) | (0b10 << 62) | secrets.randbits(62)


def new_id(prefix: str) -> str:
    """Return a fresh identifier such as ``sub_01k9...``: the prefix, ``_`` and 26 characters."""
    return _written(prefix, uuid7())


def earliest(prefix: str, at: datetime) -> str:
    """Return the least identifier that can have been made at ``at`` or later: rows since then are those from it on."""
    return _written(prefix, int(at.timestamp() * 1000) << 80)


def _written(prefix: str, number: int) -> str:
    digits = [ALPHABET[(number >> shift) & 31] for shift in range((LENGTH - 1) * 5, -1, -5)]
    return f"{prefix}_{''.join(digits)}"


class IdField(models.CharField[str, str]):
    """A primary key made by :func:`new_id`; compared byte by byte, so that its order is that of time."""

    def __init__(self, *, prefix: str = "", **options: Any) -> None:
        self.prefix = prefix
        options.setdefault("max_length", 40)
        options.setdefault("primary_key", True)
        options.setdefault("editable", False)
        options.setdefault("db_collation", "C")
        super().__init__(**options)

    def get_prep_value(self, value: Any) -> Any:
        """PostgreSQL refuses U+0000 in any text, so that asking for such an identifier would fail, not find nothing."""
        prepared = super().get_prep_value(value)
        return prepared.replace("\x00", "\ufffd") if isinstance(prepared, str) else prepared

    def get_default(self) -> str:
        return new_id(self.prefix)

    def has_default(self) -> bool:
        return True

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        return name, path, args, {**options, "prefix": self.prefix}
