"""How request bodies are read: JSON that every part of the site can keep, and nothing else (RFC 8259)."""

import json
import math
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

DEEPEST = 200


class StrictJSONParser(JSONParser):
    """JSON in UTF-8, at most 200 levels deep, of finite numbers and of text that is Unicode.

    What Python's reader lets pass besides (NaN, numbers beyond a double, half a surrogate pair, any depth that the
    stack holds) is refused here, because the database or the next writer of JSON would fail on it.
    """

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            value = loads(stream.read().decode("utf-8"))
        except (ValueError, RecursionError) as error:
            raise ParseError(f"The body is not JSON that can be read: {reason(error)}.") from error
        return value


def loads(text: str) -> Any:
    """Return the value of a JSON text.

    Raises:
        ValueError: it is none, or holds what this site cannot keep.
        RecursionError: it nests deeper than the stack.
    """
    value = json.loads(text, parse_constant=_no_constant, parse_float=_finite)
    if _depth_exceeds(value, DEEPEST):
        raise ValueError(f"it nests deeper than {DEEPEST} levels")
    json.dumps(value, ensure_ascii=False).encode("utf-8")
    return value


def reason(error: Exception) -> str:
    """Return what is wrong in a few words, without repeating the body."""
    if isinstance(error, UnicodeError):
        return "it is not UTF-8 or holds half a surrogate pair"
    if isinstance(error, RecursionError):
        return f"it nests deeper than {DEEPEST} levels"
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at character {error.pos}"
    return str(error)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if math.isfinite(number):
        return number
    raise ValueError("a number is too large")


def _depth_exceeds(value: Any, limit: int) -> bool:
    level = [value]
    for _ in range(limit + 1):
        level = [inner for one in level for inner in _inside(one)]
        if not level:
            return False
    return True


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
