import base64
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from foundation.problems import Problem
from moderation.audit.models import Entry
from moderation.webhooks import services
from moderation.webhooks.models import Delivery, Endpoint, State
from tests.factories import ClientFactory
from tests.webhooks import factories

pytestmark = pytest.mark.django_db
URL = "https://hooks.example/in"


def refused(**fields: Any) -> Problem:
    """Try to register an endpoint and return the refusal; nothing was saved and nothing logged."""
    client = ClientFactory.create()
    with pytest.raises(Problem) as problem:
        services.create_endpoint(client, **{"url": URL, "actor": "test", **fields})
    assert not Endpoint.objects.exists()
    assert not Entry.objects.filter(client=client.pk).exists()
    return problem.value


def test_a_new_endpoint_hears_everything_and_has_a_secret_of_its_own() -> None:
    client = ClientFactory.create()
    first = services.create_endpoint(client, URL, actor="key:1")
    second = services.create_endpoint(client, URL, actor="key:1")
    saved = Endpoint.objects.get(pk=first.pk)
    assert saved.pk.startswith("whe_")
    assert (saved.url, saved.event_types, saved.headers, saved.enabled) == (URL, [], {}, True)
    assert saved.secret == first.secret != second.secret
    assert len(base64.b64decode(saved.secret.removeprefix("whsec_"))) == 32


def test_what_was_asked_for_is_kept() -> None:
    made = services.create_endpoint(
        ClientFactory.create(),
        URL,
        actor="key:1",
        description="Production",
        event_types=["verdict.revised"],
        headers={"X-Tenant": "harbour"},
    )
    made.refresh_from_db()
    assert (made.description, made.event_types) == ("Production", ["verdict.revised"])
    assert made.headers == {"X-Tenant": "harbour"}


def test_making_one_is_logged_without_its_secret_or_address() -> None:
    made = services.create_endpoint(ClientFactory.create(), URL, actor="key:1")
    entry = Entry.objects.get()
    assert (entry.actor, entry.action, entry.object_id) == ("key:1", "endpoint.created", made.pk)
    assert (entry.client, entry.data) == (made.client_id, {})


@pytest.mark.parametrize(
    "url",
    ["http://10.0.0.1/in", "http://169.254.169.254/", "http://2852039166/", "http://[::ffff:10.0.0.1]/", "ftp://a/"],
)
def test_a_forbidden_address_is_refused_at_once(url: str) -> None:
    problem = refused(url=url)
    assert (problem.code, problem.errors[0]["pointer"]) == ("url-forbidden", "#/url")


def test_loopback_is_refused_unless_the_installation_allows_it(settings: Settings) -> None:
    services.create_endpoint(ClientFactory.create(), "http://127.0.0.1:8000/in", actor="demo").delete()
    settings.ALLOWED_PRIVATE_NETWORKS = []
    assert refused(url="http://127.0.0.1:8000/in").code == "url-forbidden"


@pytest.mark.parametrize("url", ["https://hooks.example/" + "a" * 2048, "", "https://user:secret@hooks.example/"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    problem = refused(url=url)
    assert problem.code in {"url-forbidden", "invalid"}
    assert {error["pointer"] for error in problem.errors} == {"#/url"}
    assert "secret" not in f"{problem} {problem.errors}"


@pytest.mark.parametrize("types", [["submission.eaten"], ["ping", "nonsense"]])
def test_an_unknown_event_type_is_refused(types: list[str]) -> None:
    problem = refused(event_types=types)
    assert (problem.code, problem.errors[0]["pointer"]) == ("invalid", "#/event_types")


@pytest.mark.parametrize(
    "headers",
    [
        {"webhook-id": "evt_mine"},
        {"Webhook-Signature": "v1,none"},
        {"Host": "other.example"},
        {"content-length": "0"},
        {"Transfer-Encoding": "chunked"},
        {"Assay-Replay": "true"},
        {"X Y": "space"},
        {"X-Line": "a\r\nwebhook-id: b"},
        {"X-Nul": "a\x00b"},
        {"X-Unicode": "é"},
        {"X-Empty": ""},
        {"X-Number": 1},
        {"": "nameless"},
        {"X-Long": "a" * 2000},
        {f"X-{n}": "1" for n in range(21)},
    ],
)
def test_a_header_that_would_touch_the_message_is_refused(headers: dict[str, Any]) -> None:
    problem = refused(headers=headers)
    assert (problem.code, problem.errors[0]["pointer"]) == ("invalid", "#/headers")


def test_every_fault_is_named_at_once() -> None:
    problem = refused(url="http://10.0.0.1/", event_types=["nonsense"], headers={"Host": "a"})
    assert {error["pointer"] for error in problem.errors} == {"#/url", "#/event_types", "#/headers"}


def test_disabling_fails_what_waits_and_leaves_what_was_delivered() -> None:
    endpoint = factories.endpoint()
    waiting, done = factories.delivery(endpoint), factories.delivery(endpoint, state=State.DELIVERED)
    other = factories.delivery(factories.endpoint())
    assert services.disable(endpoint, "On request.", actor="key:1")
    endpoint.refresh_from_db()
    assert (endpoint.enabled, endpoint.disabled_reason) == (False, "On request.")
    states = dict(Delivery.objects.values_list("pk", "state"))
    assert states == {waiting.pk: State.FAILED, done.pk: State.DELIVERED, other.pk: State.PENDING}


def test_disabling_and_enabling_twice_is_done_and_logged_once() -> None:
    endpoint = factories.endpoint()
    assert [services.disable(endpoint, "Why not.", actor="a") for _ in range(2)] == [True, False]
    assert [services.enable(endpoint, actor="a") for _ in range(2)] == [True, False]
    endpoint.refresh_from_db()
    assert (endpoint.enabled, endpoint.disabled_reason) == (True, "")
    assert list(Entry.objects.values_list("action", flat=True)) == ["endpoint.disabled", "endpoint.enabled"]


def test_a_change_is_checked_like_a_new_endpoint_and_keeps_the_secret() -> None:
    endpoint = factories.endpoint()
    secret = endpoint.secret
    endpoint.url = "https://moved.example/in"
    services.change(endpoint, actor="key:1")
    endpoint.url = "http://10.0.0.1/"
    with pytest.raises(Problem, match="url-forbidden"):
        services.change(endpoint, actor="key:1")
    endpoint.refresh_from_db()
    assert (endpoint.url, endpoint.secret) == ("https://moved.example/in", secret)
    assert list(Entry.objects.values_list("action", flat=True)) == ["endpoint.changed"]
