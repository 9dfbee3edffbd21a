"""JSON bodies: what any part of the site can keep is read, the rest is refused with its reason."""

import io
from typing import Any

import pytest
from rest_framework.exceptions import ParseError

from foundation.parsers import DEEPEST, StrictJSONParser, loads


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": [1, 2.5, null, true]}', {"a": [1, 2.5, None, True]}),
        ('"\\ud83d\\ude00"', "😀"),
        ('"\\u0000"', "\x00"),
        ("1e308", 1e308),
        ("[" * DEEPEST + "]" * DEEPEST, None),
    ],
)
def test_json_is_read(text: str, value: Any) -> None:
    found = StrictJSONParser().parse(io.BytesIO(text.encode()))

    assert value is None or found == value


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "Expecting value at character 0"),
        (b"{", "Expecting property name"),
        (b'{"a": 1} x', "Extra data at character 9"),
        (b"\xff", "not UTF-8"),
        (b'{"a": NaN}', "NaN is no JSON number"),
        (b"[Infinity, -Infinity]", "Infinity is no JSON number"),
        (b"1e400", "too large"),
        (b"-1e999", "too large"),
        (b'"\\ud800"', "half a surrogate pair"),
        (b'{"\\udfff": 1}', "half a surrogate pair"),
        (b"[" * (DEEPEST + 2) + b"]" * (DEEPEST + 2), "deeper than 200 levels"),
        (b"[" * 1_000_000, "deeper than 200 levels"),
        (b'{"a":' * 500_000, "deeper than 200 levels"),
        (b"9" * 10_000, "digits"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_reason(body: bytes, reason: str) -> None:
    with pytest.raises(ParseError, match=reason):
        StrictJSONParser().parse(io.BytesIO(body))


def test_reason_does_not_repeat_the_body() -> None:
    with pytest.raises(ParseError) as refused:
        StrictJSONParser().parse(io.BytesIO(b'{"password": "hunter2" x}'))

    assert "hunter2" not in str(refused.value)


def test_text_is_read_alone_too() -> None:
    assert loads('{"a": 1}') == {"a": 1}
