"""The developers' pages of endpoints and deliveries: who opens them, what they do, and nothing of another client's."""

from collections.abc import Callable
from datetime import UTC, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from moderation.audit.models import Entry
from moderation.clients.models import Client, Person, Role
from moderation.webhooks import delivery as courier
from moderation.webhooks.models import Delivery, Endpoint, State
from tests.factories import ClientFactory, person
from tests.webhooks import factories
from tests.webhooks.receiver import Answer, Receiver

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
FORM = {"url": "https://hooks.example/in", "description": "", "headers": "", "contact": ""}


@pytest.fixture
def harbour() -> Client:
    return ClientFactory.create(name="Harbour", slug="harbour")


@pytest.fixture
def developer(harbour: Client) -> Person:
    made = person()
    harbour.developers.add(made)
    return made


@pytest.fixture
def browser(developer: Person) -> Browser:
    return signed_in(developer)


def signed_in(who: Person) -> Browser:
    browser = Browser()
    browser.force_login(who, BACKEND)
    return browser


def at(row: Endpoint | Delivery, action: str = "", client: str = "harbour") -> str:
    room = "endpoints" if isinstance(row, Endpoint) else "deliveries"
    return f"/developers/{client}/{room}/{row.pk}{action}"


def test_a_new_endpoints_secret_is_shown_once(browser: Browser, harbour: Client, developer: Person) -> None:
    sent = {**FORM, "event_types": ["verdict.revised"], "headers": "X-A: 1\r\n\r\nX-B: a: b", "contact": "a@b.example"}
    answer = browser.post("/developers/harbour/endpoints/", sent)
    made = Endpoint.objects.get()
    assertContains(answer, made.secret)
    assert "no-store" in answer.headers["Cache-Control"]
    assert (made.client, made.url, made.event_types) == (harbour, FORM["url"], ["verdict.revised"])
    assert (made.headers, made.contact) == ({"X-A": "1", "X-B": "a: b"}, "a@b.example")
    assert Entry.objects.get(action="endpoint.created").actor == developer.actor()
    for page in ("/developers/harbour/endpoints/", at(made)):
        assertNotContains(browser.get(page), made.secret)


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": ""},
        {"url": "http://10.0.0.1/"},
        {"event_types": ["eaten"]},
        {"headers": "no colon"},
        {"headers": "Host: other"},
        {"contact": "nobody"},
        {"description": "a\x00b"},
    ],
)
def test_a_form_that_cannot_be_is_shown_again_and_saves_nothing(browser: Browser, wrong: dict[str, Any]) -> None:
    answer = browser.post("/developers/harbour/endpoints/", {**FORM, **wrong})
    assertContains(answer, "The endpoint was not saved.", status_code=422)
    assert not Endpoint.objects.exists()


def test_a_change_is_saved_or_refused_as_a_whole(browser: Browser, harbour: Client) -> None:
    endpoint = factories.endpoint(client=harbour, headers={"X-A": "1"}, event_types=["ping"])
    assertContains(browser.get(at(endpoint)), "X-A: 1")
    refused = browser.post(at(endpoint), {**FORM, "url": "http://10.0.0.1/", "description": "new"})
    assertContains(refused, "The endpoint was not saved.", status_code=422)
    endpoint.refresh_from_db()
    assert (endpoint.url, endpoint.description) == ("https://hooks.example/in", "")
    saved = browser.post(at(endpoint), {**FORM, "description": "new"}, follow=True)
    assertContains(saved, "Saved.")
    secret = endpoint.secret
    endpoint.refresh_from_db()
    assert (endpoint.description, endpoint.headers, endpoint.event_types) == ("new", {}, [])
    assert endpoint.secret == secret


def test_an_endpoint_is_disabled_and_enabled_as_the_button_says(browser: Browser, harbour: Client) -> None:
    endpoint = factories.endpoint(client=harbour)
    for _ in range(2):
        answer = browser.post(at(endpoint, "/switch"), {"enabled": "false"}, follow=True)
        assertContains(answer, "Disabled by its owner.")
    browser.post(at(endpoint, "/switch"), {"enabled": "true"})
    endpoint.refresh_from_db()
    assert endpoint.enabled
    assert list(Entry.objects.values_list("action", flat=True)) == ["endpoint.disabled", "endpoint.enabled"]


def test_a_rotated_secret_is_shown_once_and_the_old_one_signs_on(browser: Browser, harbour: Client) -> None:
    endpoint = factories.endpoint(client=harbour)
    answer = browser.post(at(endpoint, "/rotate"), {"overlap": "3600"})
    old = endpoint.secret
    endpoint.refresh_from_db()
    assert endpoint.secrets() == [endpoint.secret, old]
    assertContains(answer, endpoint.secret)
    assertNotContains(answer, old)
    assertNotContains(browser.get(at(endpoint)), endpoint.secret)
    assert browser.post(at(endpoint, "/rotate"), {"overlap": "5"}).status_code == 422
    assert Endpoint.objects.get().secret == endpoint.secret


def test_too_many_rotations_are_refused_in_words(browser: Browser, harbour: Client) -> None:
    endpoint = factories.endpoint(client=harbour)
    answers = [browser.post(at(endpoint, "/rotate"), {"overlap": "3600"}) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 409]
    assertContains(answers[-1], "The secret was not rotated.", status_code=409)


def test_a_test_leads_to_its_delivery(browser: Browser, harbour: Client, hooks: Receiver) -> None:
    hooks.say(Answer(200, b"<script>alert(1)</script>"))
    endpoint = factories.endpoint(hooks.url, client=harbour)
    answer = browser.post(at(endpoint, "/test"))
    row = Delivery.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, at(row))
    assertContains(browser.get(at(row)), "Not sent yet.")
    courier.deliver_due()
    shown = browser.get(at(row))
    assertContains(shown, "Delivered")
    assertContains(shown, "&lt;script&gt;alert(1)&lt;/script&gt;")
    assertNotContains(shown, "<script>alert(1)")
    assertContains(shown, "&quot;ping&quot;")


def test_a_disabled_endpoint_says_why_it_sends_no_test(browser: Browser, harbour: Client) -> None:
    endpoint = factories.endpoint(client=harbour, enabled=False, disabled_reason="The endpoint answered 410 Gone.")
    answer = browser.post(at(endpoint, "/test"), follow=True)
    assertContains(answer, "The endpoint is disabled. Enable it first.")
    assertContains(answer, "The endpoint answered 410 Gone.")
    assert not Delivery.objects.exists()


def test_a_time_is_replayed(browser: Browser, harbour: Client) -> None:
    endpoint = factories.endpoint(client=harbour)
    failed = factories.delivery(endpoint, state=State.FAILED)
    done = factories.delivery(endpoint, state=State.DELIVERED)
    now = timezone.now().astimezone(UTC)
    span = {
        "since": f"{now - timedelta(hours=1):%Y-%m-%dT%H:%M}",
        "until": f"{now + timedelta(hours=1):%Y-%m-%dT%H:%M}",
    }
    answer = browser.post(at(endpoint, "/replay"), {**span, "undelivered_only": "on"}, follow=True)
    assertContains(answer, "Queued 1 delivery.")
    assert set(Delivery.objects.values_list("pk", "state")) == {(failed.pk, "pending"), (done.pk, "delivered")}
    assertContains(browser.post(at(endpoint, "/replay"), span, follow=True), "Queued 2 deliveries.")


@pytest.mark.parametrize(
    "span",
    [
        {},
        {"since": "soon", "until": "later"},
        {"since": "2026-11-21T09:00", "until": "2026-11-21T09:00"},
        {"since": "0001-01-01T00:00", "until": "0001-01-01T00:00"},
    ],
)
def test_a_time_that_is_none_is_refused(browser: Browser, harbour: Client, span: dict[str, str]) -> None:
    endpoint = factories.endpoint(client=harbour)
    row = factories.delivery(endpoint, state=State.FAILED)
    assertContains(browser.post(at(endpoint, "/replay"), span), "Nothing was queued.", status_code=422)
    row.refresh_from_db()
    assert row.state == State.FAILED


def test_an_endpoint_is_deleted(browser: Browser, harbour: Client) -> None:
    endpoint = factories.endpoint(client=harbour)
    answer = browser.post(at(endpoint, "/delete"))
    assert answer.headers["Location"] == "/developers/harbour/endpoints/"
    assert not Endpoint.objects.exists()


def test_the_log_shows_every_state_in_words(browser: Browser, harbour: Client) -> None:
    endpoint = factories.endpoint(client=harbour)
    factories.delivery(endpoint, state=State.DELIVERED)
    factories.delivery(endpoint, state=State.FAILED)
    factories.delivery(endpoint, attempts=1)
    factories.delivery(endpoint)
    stranger = factories.delivery(factories.endpoint())
    answer = browser.get("/developers/harbour/deliveries/")
    for words in ("Delivered", "Given up", "Tried again later", "Waiting"):
        assertContains(answer, words)
    assertNotContains(answer, stranger.pk)


def test_the_log_is_narrowed_and_paged(browser: Browser, harbour: Client) -> None:
    one, other = factories.endpoint(client=harbour), factories.endpoint(client=harbour)
    failed = factories.delivery(one, state=State.FAILED)
    waiting = factories.delivery(other)

    def shown(query: str) -> set[str]:
        page = browser.get(f"/developers/harbour/deliveries/{query}").content.decode()
        return {row.pk for row in (failed, waiting) if f'{at(row)}"' in page}

    assert shown("") == {failed.pk, waiting.pk}
    assert shown("?state=failed") == shown(f"?endpoint={one.pk}") == {failed.pk}
    assert shown("?limit=1") == {waiting.pk}
    assert shown(f"?limit=1&before={waiting.pk}") == {failed.pk}
    assert shown("?state=eaten") == {failed.pk, waiting.pk}
    assert shown("?endpoint=%00") == set()
    assert browser.get("/developers/harbour/deliveries/?limit=0").status_code == 404


def test_one_delivery_is_replayed(browser: Browser, harbour: Client, developer: Person) -> None:
    row = factories.delivery(factories.endpoint(client=harbour), state=State.FAILED)
    answer = browser.post(at(row, "/replay"))
    row.refresh_from_db()
    assert (answer.headers["Location"], row.state, row.replays) == (at(row), State.PENDING, 1)
    assert Entry.objects.get().actor == developer.actor()


def test_a_replay_that_cannot_be_says_why(browser: Browser, harbour: Client) -> None:
    row = factories.delivery(factories.endpoint(client=harbour, enabled=False), state=State.FAILED)
    assertContains(browser.post(at(row, "/replay"), follow=True), "Enable it first.")
    row.refresh_from_db()
    assert row.state == State.FAILED


CALLS: dict[str, Callable[[Browser, Delivery], Any]] = {
    "list": lambda by, row: by.get("/developers/harbour/endpoints/"),
    "create": lambda by, row: by.post("/developers/harbour/endpoints/", FORM),
    "get": lambda by, row: by.get(at(row.endpoint)),
    "change": lambda by, row: by.post(at(row.endpoint), FORM),
    "switch": lambda by, row: by.post(at(row.endpoint, "/switch"), {"enabled": "false"}),
    "rotate": lambda by, row: by.post(at(row.endpoint, "/rotate"), {"overlap": "0"}),
    "test": lambda by, row: by.post(at(row.endpoint, "/test")),
    "replay": lambda by, row: by.post(at(row.endpoint, "/replay"), {}),
    "delete": lambda by, row: by.post(at(row.endpoint, "/delete")),
    "log": lambda by, row: by.get("/developers/harbour/deliveries/"),
    "delivery": lambda by, row: by.get(at(row)),
    "replay one": lambda by, row: by.post(at(row, "/replay")),
}


def everything() -> tuple[list[Any], list[Any], int]:
    return list(Endpoint.objects.values()), list(Delivery.objects.values()), Entry.objects.count()


@pytest.mark.parametrize("name", CALLS)
def test_who_is_not_signed_in_is_asked_to(name: str, harbour: Client) -> None:
    row = factories.delivery(factories.endpoint(client=harbour))
    before = everything()
    answer = CALLS[name](Browser(), row)
    assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/accounts/login/")
    assert everything() == before


@pytest.mark.parametrize("role", [None, Role.MODERATOR, Role.LEAD])
@pytest.mark.parametrize("name", CALLS)
def test_who_does_not_manage_the_client_finds_nothing(name: str, role: Role | None, harbour: Client) -> None:
    row = factories.delivery(factories.endpoint(client=harbour))
    before = everything()
    assert CALLS[name](signed_in(person(role)), row).status_code == 404
    assert everything() == before


@pytest.mark.parametrize("name", sorted(CALLS.keys() - {"list", "create", "log"}))
def test_anothers_object_is_not_found_under_ones_own_client(name: str, browser: Browser) -> None:
    row = factories.delivery(factories.endpoint())
    before = everything()
    assert CALLS[name](browser, row).status_code == 404
    assert everything() == before


def test_a_form_from_another_site_changes_nothing(developer: Person, harbour: Client) -> None:
    endpoint = factories.endpoint(client=harbour)
    strict = Browser(enforce_csrf_checks=True)
    strict.force_login(developer, BACKEND)
    assert strict.post(at(endpoint, "/delete")).status_code == 403
    assert Endpoint.objects.exists()


@pytest.mark.parametrize("tail", ["switch", "rotate", "test", "replay", "delete"])
def test_looking_changes_nothing(browser: Browser, harbour: Client, tail: str) -> None:
    endpoint = factories.endpoint(client=harbour)
    assert browser.get(at(endpoint, f"/{tail}")).status_code == 405
    assert Endpoint.objects.get().secret == endpoint.secret
