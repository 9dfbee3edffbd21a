"""Limits: by client and by key, told on every answer under /api/, and never in the way while Redis is away."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import redis
from django.db import OperationalError
from django.test import Client as Browser

from foundation import windows
from foundation.embedded import client_url
from foundation.metrics import LIMITED
from foundation.windows import Count, Counter, Window
from moderation.clients import limits
from moderation.clients.models import ApiKey, Client
from moderation.intake.models import Submission
from tests.factories import SubmissionFactory, key, picture

pytestmark = pytest.mark.django_db
URL = "/api/v1/submissions"
ITEM = re.compile(r'"(\w+)";([a-z0-9=;]+)')


@pytest.fixture(autouse=True)
def _fresh_windows(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    connection = redis.Redis.from_url(client_url(settings.REDIS_URL))
    yield
    for name in connection.scan_iter(windows.PREFIX + "*"):
        connection.delete(name)
    connection.close()


def ask(secret: str | None, path: str = URL, method: str = "get", **more: Any) -> Any:
    headers = {"authorization": f"Bearer {secret}"} if secret else {}
    return getattr(Browser(raise_request_exception=False), method)(
        path, headers=headers | more.pop("headers", {}), **more
    )


def told(answer: Any, header: str = "RateLimit") -> dict[str, dict[str, int]]:
    """Return the numbers that a header gives for each policy."""
    return {
        policy: {name: int(number) for name, number in (part.split("=") for part in numbers.split(";"))}
        for policy, numbers in ITEM.findall(answer[header])
    }


def limited(quota: int, **columns: Any) -> tuple[ApiKey, str]:
    made, secret = key()
    ApiKey.objects.filter(pk=made.pk).update(requests_per_minute=quota, **columns)
    return made, secret


def test_what_is_left_of_client_and_key_is_told() -> None:
    made, secret = limited(10)
    Client.objects.filter(pk=made.client.pk).update(requests_per_minute=20)

    ask(secret)
    answer = ask(secret)

    assert answer["RateLimit-Policy"] == '"client";q=20;w=60, "key";q=10;w=60'
    assert {policy: one["r"] for policy, one in told(answer).items()} == {"client": 18, "key": 8}
    assert all(0 < one["t"] <= 60 for one in told(answer).values())


def test_the_installations_limits_hold_where_none_is_given(settings: Any) -> None:
    settings.CLIENT_REQUESTS_PER_MINUTE, settings.KEY_REQUESTS_PER_MINUTE = 7, 5

    answer = ask(key()[1])

    assert answer["RateLimit-Policy"] == '"client";q=7;w=60, "key";q=5;w=60'


def test_key_over_its_limit_is_429_and_nothing_happens() -> None:
    _, secret = limited(2)
    refused = LIMITED.labels("key")._value.get()
    file = {"file": picture()}
    assert [ask(secret).status_code for _ in range(2)] == [200, 200]

    answer = ask(secret, method="post", data=file)

    body = answer.json()
    assert (answer.status_code, body["code"], answer["Content-Type"]) == (
        429,
        "rate-limited",
        "application/problem+json",
    )
    assert 1 <= int(answer["Retry-After"]) <= 60
    assert told(answer)["key"]["r"] == 0
    assert not Submission.objects.exists()
    assert LIMITED.labels("key")._value.get() == refused + 1


def test_keys_of_a_client_share_its_limit_and_other_clients_do_not() -> None:
    made, first = key()
    _, second = key(made.client)
    Client.objects.filter(pk=made.client.pk).update(requests_per_minute=2)

    assert [ask(secret).status_code for secret in (first, second, first, second)] == [200, 200, 429, 429]
    assert ask(key()[1]).status_code == 200


def test_one_key_over_its_limit_leaves_the_other_keys_alone() -> None:
    made, first = limited(1)
    _, second = key(made.client)

    assert [ask(first).status_code, ask(first).status_code, ask(second).status_code] == [200, 429, 200]


ANSWERS = [
    ("get", "/api/v1/nothing", 404),
    ("get", f"{URL}/sub_1", 404),
    ("put", URL, 405),
    ("get", f"{URL}?limit=0", 422),
    ("get", "/api/schema/", 200),
    ("options", URL, 200),
]


@pytest.mark.parametrize(("method", "path", "status"), ANSWERS)
@pytest.mark.parametrize("shown", [True, False])
def test_limits_are_told_on_every_answer(method: str, path: str, status: int, shown: bool) -> None:
    answer = ask(key()[1] if shown else None, path, method)

    assert answer.status_code == status or not shown
    assert set(told(answer)) == set(told(answer, "RateLimit-Policy")) == ({"client", "key"} if shown else {"address"})


def test_limits_are_told_on_a_body_that_is_refused_unread() -> None:
    answer = Browser().generic("POST", URL, b"x", "multipart/form-data; boundary=x", CONTENT_LENGTH="9" * 30)

    assert (answer.status_code, set(told(answer))) == (413, {"address"})


def test_pages_have_no_limit() -> None:
    assert "RateLimit" not in Browser().get("/problems/invalid")


@pytest.mark.parametrize("secret", [None, "ask_wrong"])
def test_callers_without_a_good_key_are_counted_by_address(settings: Any, secret: str | None) -> None:
    settings.ADDRESS_REQUESTS_PER_MINUTE = 2

    statuses = [ask(secret, REMOTE_ADDR="192.0.2.1").status_code for _ in range(3)]

    assert statuses == [401, 401, 429]
    assert ask(secret, REMOTE_ADDR="192.0.2.2").status_code == 401
    assert ask(key()[1], REMOTE_ADDR="192.0.2.1").status_code == 200


def test_address_behind_a_proxy_is_the_one_that_the_proxy_saw(settings: Any) -> None:
    settings.ADDRESS_REQUESTS_PER_MINUTE = 1
    forged = {"x-forwarded-for": "198.51.100.1, 192.0.2.1"}
    other = {"x-forwarded-for": "198.51.100.1, 192.0.2.2"}

    assert [ask(None, headers=one).status_code for one in (forged, other)] == [401, 429]
    settings.BEHIND_PROXY = True
    assert [ask(None, headers=one).status_code for one in (forged, other, forged)] == [401, 401, 429]


def test_addresses_are_not_kept_in_the_clear(settings: Any) -> None:
    ask(None, REMOTE_ADDR="192.0.2.77")

    connection = redis.Redis.from_url(client_url(settings.REDIS_URL))
    names = [name.decode() for name in connection.scan_iter(windows.PREFIX + "address:*")]
    assert names
    assert "192.0.2.77" not in str(names)


def test_window_starts_anew_when_its_time_is_over(settings: Any) -> None:
    window = Window("test", 5, 1)
    counter = Counter()

    assert [counter.take([window])[0].used for _ in range(3)] == [1, 2, 3]
    connection = redis.Redis.from_url(client_url(settings.REDIS_URL))
    assert 0 < connection.pttl(windows.PREFIX + "test") <= 1000
    connection.pexpire(windows.PREFIX + "test", 1)
    while connection.exists(windows.PREFIX + "test"):
        pass
    assert counter.take([window])[0].used == 1


def test_nobody_is_refused_and_redis_is_not_asked_again_soon_while_it_is_away(
    settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings.REDIS_URL = f"redis+socket://{tmp_path}/nobody.sock"
    asked: list[int] = []

    class Watched(Counter):
        def _take(self, asked_for: Sequence[Window]) -> list[Count]:
            asked.append(1)
            return super()._take(asked_for)

    monkeypatch.setattr(limits, "counter", Watched())
    _, secret = limited(1)

    answers = [ask(secret) for _ in range(3)]

    assert [one.status_code for one in answers] == [200, 200, 200]
    assert [told(one)["key"]["r"] for one in answers] == [0, 0, 0]
    assert len(asked) == 1


def test_broker_that_is_no_redis_limits_nobody(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.REDIS_URL = "amqp://nobody"
    monkeypatch.setattr(limits, "counter", Counter())

    assert ask(limited(1)[1]).status_code == 200


def test_database_that_is_away_is_503_as_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise OperationalError("secret address")

    monkeypatch.setattr(limits, "key_of", fail)

    answer = ask("ask_x")

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert "secret address" not in answer.content.decode()


def test_key_is_looked_up_once_for_a_request(django_assert_num_queries: Any) -> None:
    made, secret = key()
    ask(secret)
    submission = SubmissionFactory.create(client=made.client)

    with django_assert_num_queries(1) as seen:
        ask(secret, f"/api/v1/nothing/{submission.pk}")
    assert "clients_apikey" in seen.captured_queries[0]["sql"]
