"""Identifiers: a type prefix and a UUIDv7 (RFC 9562, section 5.7) in Crockford base32: text order is time order."""

import secrets
import time
from typing import Any

from django.db import models

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 26


def uuid7() -> int:
    """Return the 128 bits of a UUIDv7: 48 bits of Unix milliseconds, version, 74 random bits and the variant."""
    milliseconds = time.time_ns() // 1_000_000
    head = (milliseconds << 16) | (0x7 << 12) | secrets.randbits(12)
    return (head << 64) | (0b10 << 62) | secrets.randbits(62)


def new_id(prefix: str) -> str:
    """Return a fresh identifier such as ``sub_01k9...``: the prefix, ``_`` and 26 characters."""
    number = uuid7()
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

    def get_default(self) -> str:
        return new_id(self.prefix)

    def has_default(self) -> bool:
        return True

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        return name, path, args, {**options, "prefix": self.prefix}
