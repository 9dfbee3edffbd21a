"""Making, reading, changing and deleting endpoints."""

import base64
from typing import Any

import pytest

from moderation.audit.models import Entry
from moderation.webhooks import services
from moderation.webhooks.models import Delivery, Endpoint, State
from tests.factories import person
from tests.webhooks import factories
from tests.webhooks.api.calls import ENDPOINTS, Caller, faults

pytestmark = pytest.mark.django_db
URL = "https://hooks.example/in"


@pytest.fixture
def caller() -> Caller:
    return Caller()


def test_a_new_endpoint_is_answered_with_its_secret_and_address(caller: Caller) -> None:
    answer = caller.post(ENDPOINTS, {"url": URL})
    body, made = answer.json(), Endpoint.objects.get()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"http://testserver{ENDPOINTS}/{made.pk}"
    assert answer.headers["Cache-Control"] == "no-store"
    assert body["secret"] == made.secret
    assert len(base64.b64decode(body["secret"].removeprefix("whsec_"), validate=True)) == 32
    assert (made.client_id, made.url, made.enabled) == (caller.client.pk, URL, True)
    assert Entry.objects.get(action="endpoint.created").actor == caller.key.pk


def test_what_is_answered_is_everything_that_was_asked_for(caller: Caller) -> None:
    asked = {
        "url": URL,
        "description": "Production",
        "event_types": ["verdict.revised"],
        "headers": {"X-Tenant": "harbour"},
        "contact": "ops@harbour.example",
    }
    body = caller.post(ENDPOINTS, asked).json()
    assert {name: body[name] for name in asked} == asked
    assert body["health"] == {"state": "healthy", "failures": 0, "failing_since": None, "resting_until": None}
    assert (body["enabled"], body["disabled_reason"], body["disabled_at"]) == (True, None, None)
    assert body["old_secrets_end_at"] is None


def test_an_endpoint_can_be_made_disabled(caller: Caller) -> None:
    body = caller.post(ENDPOINTS, {"url": URL, "enabled": False}).json()
    assert (body["enabled"], body["disabled_reason"]) == (False, "Disabled by its owner.")
    assert body["secret"].startswith("whsec_")


def test_the_secret_is_in_no_other_answer(caller: Caller) -> None:
    made = caller.post(ENDPOINTS, {"url": URL}).json()
    one = f"{ENDPOINTS}/{made['id']}"
    answers = [caller.get(one), caller.get(ENDPOINTS), caller.patch(one, {"description": "x"})]
    assert all(made["secret"] not in answer.content.decode() for answer in answers)
    assert answers[0].json()["secret"] is None


def test_a_repeated_creation_is_replayed_without_the_secret(caller: Caller) -> None:
    first = caller.post(ENDPOINTS, {"url": URL}, **{"Idempotency-Key": "a"})
    again = caller.post(ENDPOINTS, {"url": URL}, **{"Idempotency-Key": "a"})
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (201, "true")
    assert again.json() == {**first.json(), "secret": None}
    assert Endpoint.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "pointed"),
    [
        ({}, {"#/url"}),
        ({"url": ""}, {"#/url"}),
        ({"url": None}, {"#/url"}),
        ({"url": 5.5, "event_types": "ping"}, {"#/event_types"}),
        ({"url": URL, "event_types": ["eaten"]}, {"#/event_types/0"}),
        ({"url": URL, "headers": ["a"]}, {"#/headers"}),
        ({"url": URL, "headers": {"Host": "other"}}, {"#/headers"}),
        ({"url": URL, "headers": {"X": {"deep": 1}}}, {"#/headers/X"}),
        ({"url": URL, "description": "a" * 201}, {"#/description"}),
        ({"url": URL, "description": "a\x00b"}, {"#/description"}),
        ({"url": URL, "contact": "nobody"}, {"#/contact"}),
        ({"url": URL, "contact": "a@b.example\nBcc: c@d.example"}, {"#/contact"}),
        ({"url": URL, "enabled": "perhaps"}, {"#/enabled"}),
        ([], {"#"}),
        ("text", {"#"}),
        (None, {"#/url"}),
    ],
)
def test_a_value_that_cannot_be_is_refused_and_pointed_to(caller: Caller, body: Any, pointed: set[str]) -> None:
    answer = caller.post(ENDPOINTS, '"text"' if body == "text" else body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert faults(answer) >= pointed
    assert not Endpoint.objects.exists()


@pytest.mark.parametrize(
    "url",
    ["http://10.0.0.1/", "http://169.254.169.254/latest", "http://[::ffff:10.0.0.1]/", "ftp://a/", "https://u:p@a/"],
)
def test_a_forbidden_address_is_refused(caller: Caller, url: str) -> None:
    answer = caller.post(ENDPOINTS, {"url": url})
    assert (answer.status_code, answer.json()["code"]) == (422, "url-forbidden")
    assert faults(answer) == {"#/url"}
    assert not Endpoint.objects.exists()


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b'{"url": "\\ud800"}', b"[" * 100_000, b'{"url": NaN}'])
def test_a_hostile_body_is_a_refusal_and_no_failure(caller: Caller, body: bytes) -> None:
    answer = caller.post(ENDPOINTS, body)
    assert answer.status_code in {400, 422}
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert not Endpoint.objects.exists()


def test_a_form_is_no_accepted_body(caller: Caller) -> None:
    answer = caller.browser.post(ENDPOINTS, {"url": URL}, headers=caller.headers)
    assert (answer.status_code, Endpoint.objects.count()) == (415, 0)


def test_a_client_has_a_limited_number_of_endpoints(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MAX_ENDPOINTS", 2)
    factories.endpoint()
    assert [caller.post(ENDPOINTS, {"url": URL}).status_code for _ in range(3)] == [201, 201, 409]
    assert caller.client.endpoints.count() == 2


def test_a_client_sees_its_own_endpoints_newest_first(caller: Caller) -> None:
    first, second = (factories.endpoint(client=caller.client) for _ in range(2))
    factories.endpoint()
    body = caller.get(ENDPOINTS).json()
    assert [row["id"] for row in body["results"]] == [second.pk, first.pk]
    assert (body["next"], body["previous"]) == (None, None)


def test_the_list_is_filtered_and_paged(caller: Caller) -> None:
    on, off = factories.endpoint(client=caller.client), factories.endpoint(client=caller.client, enabled=False)
    assert [row["id"] for row in caller.get(ENDPOINTS, enabled="false").json()["results"]] == [off.pk]
    page = caller.get(ENDPOINTS, limit="1").json()
    assert [row["id"] for row in page["results"]] == [off.pk]
    assert [row["id"] for row in caller.get(page["next"]).json()["results"]] == [on.pk]


@pytest.mark.parametrize("query", [{"enabled": "maybe"}, {"color": "red"}, {"limit": "0"}, {"limit": "201"}])
def test_an_unknown_or_impossible_filter_is_refused(caller: Caller, query: dict[str, str]) -> None:
    answer = caller.get(ENDPOINTS, **query)
    assert (answer.status_code, faults(answer)) == (422, set(query))


def test_a_change_keeps_what_it_does_not_name(caller: Caller) -> None:
    endpoint = factories.endpoint(client=caller.client, headers={"X-A": "1"}, description="old")
    body = caller.patch(f"{ENDPOINTS}/{endpoint.pk}", {"url": "https://moved.example/", "event_types": ["ping"]}).json()
    assert (body["url"], body["event_types"]) == ("https://moved.example/", ["ping"])
    assert (body["headers"], body["description"]) == ({"X-A": "1"}, "old")
    secret = endpoint.secret
    endpoint.refresh_from_db()
    assert (endpoint.url, endpoint.secret) == ("https://moved.example/", secret)


def test_an_empty_change_changes_and_logs_nothing(caller: Caller) -> None:
    endpoint = factories.endpoint(client=caller.client)
    assert caller.patch(f"{ENDPOINTS}/{endpoint.pk}", {}).status_code == 200
    assert not Entry.objects.filter(object_id=endpoint.pk).exists()


@pytest.mark.parametrize("change", [{"url": "http://10.0.0.1/"}, {"headers": {"Host": "a"}}, {"contact": "nobody"}])
def test_a_refused_change_changes_nothing_at_all(caller: Caller, change: dict[str, Any]) -> None:
    endpoint = factories.endpoint(client=caller.client)
    answer = caller.patch(f"{ENDPOINTS}/{endpoint.pk}", {"description": "new", "enabled": False, **change})
    assert answer.status_code == 422
    endpoint.refresh_from_db()
    assert (endpoint.description, endpoint.enabled, endpoint.headers) == ("", True, {})


def test_disabling_fails_what_waits_and_enabling_forgets_the_past(caller: Caller) -> None:
    endpoint = factories.endpoint(client=caller.client, failures=7)
    waiting = factories.delivery(endpoint)
    one = f"{ENDPOINTS}/{endpoint.pk}"
    off = caller.patch(one, {"enabled": False}).json()
    assert (off["enabled"], off["disabled_reason"], off["health"]["state"]) == (
        False,
        "Disabled by its owner.",
        "disabled",
    )
    assert off["disabled_at"].endswith("Z")
    assert Delivery.objects.get(pk=waiting.pk).state == State.FAILED
    on = caller.patch(one, {"enabled": True}).json()
    assert (on["enabled"], on["disabled_reason"], on["disabled_at"]) == (True, None, None)
    assert (on["health"]["state"], on["health"]["failures"]) == ("healthy", 0)


def test_a_deleted_endpoint_is_gone_with_its_deliveries_and_nobody_elses(caller: Caller) -> None:
    endpoint, other = factories.endpoint(client=caller.client), factories.endpoint(client=caller.client)
    factories.delivery(endpoint)
    kept = factories.delivery(other)
    answer = caller.delete(f"{ENDPOINTS}/{endpoint.pk}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert caller.get(f"{ENDPOINTS}/{endpoint.pk}").status_code == 404
    assert [row.pk for row in Delivery.objects.all()] == [kept.pk]
    assert Entry.objects.get(action="endpoint.deleted").object_id == endpoint.pk
    assert caller.delete(f"{ENDPOINTS}/{endpoint.pk}").status_code == 404


def test_a_person_without_a_client_makes_no_endpoint() -> None:
    caller = Caller()
    caller.headers = {}
    caller.browser.force_login(person(is_superuser=True), backend="django.contrib.auth.backends.ModelBackend")
    assert caller.post(ENDPOINTS, {"url": URL}).status_code == 403
    assert not Endpoint.objects.exists()
