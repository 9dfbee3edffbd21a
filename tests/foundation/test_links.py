"""Signed links: they open their own path until they expire, and nobody else can make one."""

import time
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils import timezone

from foundation import links

PATH = "/api/v1/submissions/sub_1/original"


def asked(link: str) -> HttpRequest:
    return RequestFactory().get(link)


def parts() -> dict[str, str]:
    query = parse_qs(urlsplit(links.sign(PATH, timedelta(minutes=1))).query)
    return {name: values[0] for name, values in query.items()}


def test_link_opens_its_path() -> None:
    link = links.sign(PATH, timedelta(minutes=1))

    assert link.startswith(f"{PATH}?expires=")
    assert links.is_signed(asked(link)) is True


def test_link_opens_no_other_path() -> None:
    link = links.sign(PATH, timedelta(minutes=1))

    assert links.is_signed(asked(link.replace("sub_1", "sub_2"))) is False
    assert links.is_signed(asked(link.replace("/original", "/original/"))) is False


def test_link_ends_with_its_time(time_machine: Any) -> None:
    link = links.sign(PATH, timedelta(minutes=1))

    time_machine.move_to(time.time() + 59)
    assert links.is_signed(asked(link)) is True
    time_machine.move_to(time.time() + 3)
    assert links.is_signed(asked(link)) is False


@pytest.mark.parametrize(
    "change",
    [
        {"expires": "99999999999"},
        {"expires": ""},
        {"expires": "soon"},
        {"expires": "-1"},
        {"expires": "\u0661\u0662"},
        {"expires": "9" * 5000},
        {"expires": "\x00"},
        {"signature": ""},
        {"signature": "x"},
        {"signature": "\u00e9"},
        {"signature": "x" * 100_000},
    ],
)
def test_forged_link_is_refused_without_a_fault(change: dict[str, str]) -> None:
    forged = f"{PATH}?{urlencode({**parts(), **change})}"

    assert links.is_signed(asked(forged)) is False


def test_link_without_expiry_or_signature_is_refused() -> None:
    assert links.is_signed(asked(PATH)) is False
    assert links.is_signed(asked(f"{PATH}?signature={parts()['signature']}")) is False


def test_signature_depends_on_the_sites_secret(settings: Any) -> None:
    link = links.sign(PATH, timedelta(minutes=1))
    settings.SECRET_KEY = "another secret of at least fifty characters, of course"

    assert links.is_signed(asked(link)) is False


def test_link_until_a_moment_is_the_same_each_time_and_ends_then() -> None:
    at = timezone.now() + timedelta(hours=1)

    link = links.sign_until(PATH, at)

    assert link == links.sign_until(PATH, at)
    assert f"expires={int(at.timestamp())}&" in link
    assert links.is_signed(asked(link)) is True
    assert links.is_signed(asked(links.sign_until(PATH, at - timedelta(hours=2)))) is False
