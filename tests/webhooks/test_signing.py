import base64
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from moderation.events import payload
from moderation.webhooks import signing

BODY = {"type": "ping", "timestamp": "2026-11-21T09:00:00.000000Z", "data": {"note": 'Grüße, 世界 "quoted" \u2028 \\'}}


def signed(secret: str, at: datetime, body: bytes) -> dict[str, str]:
    return signing.headers([secret], "evt_1", at, body)


def test_a_secret_is_32_random_bytes_behind_its_prefix() -> None:
    secret = signing.new_secret()
    assert secret.startswith("whsec_")
    assert len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) == 32
    assert secret != signing.new_secret()


def test_the_official_package_verifies_what_was_signed() -> None:
    secret, body = signing.new_secret(), payload.serialise(BODY)
    assert Webhook(secret).verify(body, signed(secret, datetime.now(UTC), body)) == BODY


def test_the_headers_are_the_three_of_standard_webhooks() -> None:
    """A vector from the specification's reference implementations."""
    at = datetime.fromtimestamp(1614265330, UTC)
    headers = signing.headers(
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}'
    )
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


@pytest.mark.parametrize("change", [("1", "2"), ("Grüße", "Grusse"), ("ping", "pong")])
def test_a_tampered_body_does_not_verify(change: tuple[str, str]) -> None:
    secret, body = signing.new_secret(), payload.serialise(BODY)
    headers = signed(secret, datetime.now(UTC), body)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body.decode().replace(*change).encode(), headers)


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp"])
def test_tampered_headers_do_not_verify(name: str) -> None:
    secret, body = signing.new_secret(), payload.serialise(BODY)
    headers = signed(secret, datetime.now(UTC), body)
    other = {"webhook-id": "evt_2", "webhook-timestamp": str(int(headers["webhook-timestamp"]) - 1)}
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body, {**headers, name: other[name]})


def test_another_secret_does_not_verify() -> None:
    body = payload.serialise(BODY)
    headers = signed(signing.new_secret(), datetime.now(UTC), body)
    with pytest.raises(WebhookVerificationError):
        Webhook(signing.new_secret()).verify(body, headers)


def test_an_old_signature_does_not_verify() -> None:
    secret, body = signing.new_secret(), payload.serialise(BODY)
    headers = signed(secret, datetime.now(UTC) - timedelta(minutes=6), body)
    with pytest.raises(WebhookVerificationError, match="too old"):
        Webhook(secret).verify(body, headers)


def test_every_secret_signs_so_that_either_verifies() -> None:
    keys, body = [signing.new_secret(), signing.new_secret()], payload.serialise(BODY)
    headers = signing.headers(keys, "evt_1", datetime.now(UTC), body)
    assert len(headers["webhook-signature"].split(" ")) == 2
    for key in keys:
        assert Webhook(key).verify(body, headers) == BODY


def test_the_same_body_is_the_same_bytes_every_time() -> None:
    assert payload.serialise(BODY) == payload.serialise(dict(BODY))
    assert payload.serialise({"a": "é", "b": [1, 2.5, None]}) == '{"a":"é","b":[1,2.5,null]}'.encode()
