"""A client's metadata: any JSON object of up to 16 kB that can be kept and given back as it came."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser

from moderation.intake.models import Submission
from tests.factories import key, picture

pytestmark = pytest.mark.django_db
URL = "/api/v1/submissions"


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def post(browser: Browser, metadata: str) -> Any:
    sent = {"file": SimpleUploadedFile("a.png", picture()), "metadata": metadata}
    return browser.post(URL, sent, headers={"authorization": f"Bearer {key()[1]}"})


def nested(levels: int) -> str:
    return '{"a":' * levels + "1" + "}" * levels


@pytest.mark.parametrize(
    "metadata",
    [
        "{}",
        '{"a": {"b": [1, 2.5, null, true, "x"]}}',
        '{"emoji": "\U0001f600", "escaped": "\\ud83d\\ude00"}',
        '{"backslash": "\\\\u0000 and \\\\ud800"}',
        '{"a": 1.5e-7, "b": -0.5, "c": 12345678901234567890}',
        '{"\u00e9": "\u202e"}',
        nested(100),
        json.dumps({"a": "x" * 15_990}),
    ],
)
def test_metadata_comes_back_as_it_was_sent(client: Browser, metadata: str) -> None:
    answer = post(client, metadata)

    assert answer.status_code == 202
    assert answer.json()["metadata"] == json.loads(metadata)
    assert Submission.objects.get().metadata == json.loads(metadata)


@pytest.mark.parametrize(
    "metadata",
    [
        '{"a": "\\ud800"}',
        '{"\\udc00": 1}',
        '{"a": ["\\ude00\\ud83d"]}',
        '{"a": "\\u0000"}',
        '{"\\u0000": 1}',
        '{"a": "\\\\\\u0000"}',
        '{"a": 1e400}',
        '{"a": Infinity}',
        '{"a": ' + "9" * 5000 + "}",
        nested(101),
        nested(800),
        '{"a": ' + "[" * 900 + "]" * 900 + "}",
        json.dumps({"a": "x" * 16_000}),
        json.dumps({"a": "\u00e9" * 3_000}),
        "null",
        '"text"',
        "",
    ],
)
def test_metadata_that_cannot_be_kept_is_422_and_stores_nothing(client: Browser, metadata: str) -> None:
    answer = post(client, metadata)

    assert answer.status_code == 422
    assert {error["pointer"] for error in answer.json()["errors"]} == {"#/metadata"}
    assert not Submission.objects.exists()
