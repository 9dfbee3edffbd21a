"""Verifying webhooks: what Assay signs verifies, and nothing else does."""

import base64
import json
import pickle
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from assay_client import SignatureInvalid
from assay_client.webhooks import Event, verify
from moderation.webhooks import signing

SECRET, OTHER = signing.new_secret(), signing.new_secret()
BODY = json.dumps({"type": "ping", "timestamp": "2026-11-21T09:00:00Z", "data": {"name": "Zoë"}}).encode()
Headers = dict[str, str]


def signed(*secrets: str, body: bytes = BODY, ago: timedelta = timedelta(0)) -> Headers:
    return signing.headers(secrets or (SECRET,), "evt_1", datetime.now(UTC) - ago, body)


def test_what_assay_signs_verifies() -> None:
    assert verify(SECRET, BODY, signed()) == Event("evt_1", "ping", "2026-11-21T09:00:00Z", {"name": "Zoë"})


def test_case_of_the_headers_does_not_matter() -> None:
    headers = {name.title(): value for name, value in signed().items()}

    assert verify(SECRET, BODY, headers).id == "evt_1"


def test_replay_is_told() -> None:
    assert verify(SECRET, BODY, {**signed(), "Assay-Replay": "true"}).is_replay
    assert not verify(SECRET, BODY, signed()).is_replay


def test_either_secret_verifies_while_one_replaces_the_other() -> None:
    assert verify(OTHER, BODY, signed(SECRET, OTHER)).id == "evt_1"
    assert verify([OTHER, SECRET], BODY, signed(SECRET)).id == "evt_1"


@pytest.mark.parametrize("minutes", [-6, 6])
def test_signature_of_another_time_does_not_hold(minutes: int) -> None:
    with pytest.raises(SignatureInvalid):
        verify(SECRET, BODY, signed(ago=timedelta(minutes=minutes)))


@pytest.mark.parametrize("minutes", [-4, 4])
def test_clock_may_be_a_little_off(minutes: int) -> None:
    assert verify(SECRET, BODY, signed(ago=timedelta(minutes=minutes))).id == "evt_1"


def without(name: str) -> Callable[[Headers], Headers]:
    return lambda headers: {key: value for key, value in headers.items() if key != name}


def having(**changes: str) -> Callable[[Headers], Headers]:
    return lambda headers: headers | {name.replace("_", "-"): value for name, value in changes.items()}


@pytest.mark.parametrize(
    "change",
    [
        *(without(name) for name in ("webhook-id", "webhook-timestamp", "webhook-signature")),
        having(webhook_id="evt_2"),
        having(webhook_timestamp="soon"),
        having(webhook_timestamp="nan"),
        having(webhook_timestamp="-1"),
        having(webhook_signature=""),
        having(webhook_signature="v1"),
        having(webhook_signature="v1,"),
        having(webhook_signature="v1,ä"),
        having(webhook_signature=f"v1,{base64.b64encode(bytes(32)).decode()}"),
        having(webhook_signature="v1,x,y,z"),
    ],
)
def test_headers_that_do_not_fit_are_refused(change: Callable[[Headers], Headers]) -> None:
    with pytest.raises(SignatureInvalid):
        verify(SECRET, BODY, change(signed()))


@pytest.mark.parametrize("body", [BODY + b" ", b"", b"\xff", BODY.replace(b"ping", b"pong")])
def test_other_bytes_are_refused(body: bytes) -> None:
    with pytest.raises(SignatureInvalid):
        verify(SECRET, body, signed())


def test_signature_of_another_version_is_not_read() -> None:
    headers = signed()
    headers["webhook-signature"] = headers["webhook-signature"].replace("v1,", "v2,")

    with pytest.raises(SignatureInvalid):
        verify(SECRET, BODY, headers)


def test_secret_of_somebody_else_does_not_hold_and_the_error_travels() -> None:
    with pytest.raises(SignatureInvalid) as raised:
        verify([OTHER], BODY, signed())

    assert str(pickle.loads(pickle.dumps(raised.value))) == "No signature of this request holds."
