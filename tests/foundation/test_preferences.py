"""Prefer: wait=N, and everything else that may stand in that header."""

import pytest
from django.test import RequestFactory

from foundation.preferences import wait_of


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("wait=5", 5),
        ("wait=1", 1),
        ("wait=30", 30),
        ("wait=31", 30),
        ("wait=999999999", 30),
        ("Wait=7", 7),
        ('wait="7"', 7),
        ("wait = 7", 7),
        ("respond-async, wait=10", 10),
        ("respond-async;a=b,wait=10;c", 10),
        ("wait=3, wait=20", 3),
    ],
)
def test_wait_is_understood(header: str, seconds: int) -> None:
    assert wait_of(RequestFactory().get("/", headers={"prefer": header})) == seconds


@pytest.mark.parametrize(
    "header",
    [
        "",
        "wait",
        "wait=",
        "wait=0",
        "wait=-1",
        "wait=1.5",
        "wait=x",
        "wait=" + "9" * 5000,
        "awaited=3",
        "wait=1 2",
        "٣",
        ",",
    ],
)
def test_what_is_not_understood_is_ignored(header: str) -> None:
    assert wait_of(RequestFactory().get("/", headers={"prefer": header})) is None


def test_no_header_is_no_wait() -> None:
    assert wait_of(RequestFactory().get("/")) is None
