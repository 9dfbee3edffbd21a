"""The developers' pages of keys: who may open them, secrets shown once, and nothing of another client's."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from moderation.audit.models import Entry
from moderation.clients import services
from moderation.clients.desk import clients_of
from moderation.clients.models import ApiKey, Client, OldSecret, Person, Role, Scope
from tests.factories import ClientFactory, key, person

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
PAGES = ("", "keys/", "usage/", "console/")
NEW = {"name": "production", "scopes": ["submit", "read"], "days": ""}


def signed_in(who: Person) -> Browser:
    browser = Browser()
    browser.force_login(who, BACKEND)
    return browser


def developer_of(*clients: Client) -> Person:
    made = person()
    for client in clients:
        client.developers.add(made)
    return made


@pytest.fixture
def harbour() -> Client:
    return ClientFactory.create(name="Harbour", slug="harbour")


@pytest.fixture
def developer(harbour: Client) -> Person:
    return developer_of(harbour)


@pytest.fixture
def browser(developer: Person) -> Browser:
    return signed_in(developer)


def secret_in(page: str) -> str:
    before, _, rest = page.partition('aria-label="Secret">')
    assert before != page
    return rest.partition("<")[0]


@pytest.mark.parametrize("tail", PAGES)
def test_stranger_is_asked_to_sign_in(harbour: Client, tail: str) -> None:
    address = f"/developers/harbour/{tail}"
    answer = Browser().get(address)

    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={address}")


@pytest.mark.parametrize("tail", PAGES)
def test_developer_opens_every_page_of_their_client(browser: Browser, tail: str) -> None:
    answer = browser.get(f"/developers/harbour/{tail}")

    assert answer.status_code == 200
    assert "Harbour" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("tail", PAGES)
@pytest.mark.parametrize("role", [None, Role.VIEWER, Role.MODERATOR, Role.LEAD, Role.AUDITOR])
def test_nobody_else_learns_that_the_client_exists(harbour: Client, role: Role | None, tail: str) -> None:
    who = signed_in(person(role))

    assert who.get(f"/developers/harbour/{tail}").status_code == 404
    assert who.get(f"/developers/absent/{tail}").status_code == 404


def test_administrator_manages_every_client_but_the_built_in_and_the_switched_off(harbour: Client) -> None:
    services.anonymous_client()
    ClientFactory.create(is_active=False)
    kite = ClientFactory.create(name="Kite")

    assert list(clients_of(person(Role.ADMINISTRATOR))) == [harbour, kite]


def test_developer_of_a_client_that_was_switched_off_manages_it_no_more(harbour: Client, browser: Browser) -> None:
    Client.objects.update(is_active=False)

    assert browser.get("/developers/harbour/keys/").status_code == 404


def test_section_leads_to_the_first_client(browser: Browser) -> None:
    assert browser.get("/developers/")["Location"] == "/developers/harbour/"


def test_account_without_a_client_is_told_how_to_get_one() -> None:
    page = signed_in(person(Role.MODERATOR)).get("/developers/").content.decode()

    assert "You manage no client yet." in page


def test_developer_of_two_clients_changes_between_them(harbour: Client) -> None:
    kite = ClientFactory.create(name="Kite", slug="kite")
    page = signed_in(developer_of(harbour, kite)).get("/developers/kite/").content.decode()

    assert '<a href="/developers/harbour/">Harbour</a>' in page
    assert '<a href="/developers/kite/" aria-current="true">Kite</a>' in page


def test_new_key_works_and_its_secret_is_on_that_page_only(browser: Browser, developer: Person) -> None:
    answer = browser.post("/developers/harbour/keys/", NEW)

    secret = secret_in(answer.content.decode())
    made = services.find_key(secret)
    assert made is not None
    assert (made.client.slug, made.name, made.scopes, made.expires_at) == (
        "harbour",
        "production",
        ["submit", "read"],
        None,
    )
    assert "no-store" in answer["Cache-Control"]
    assert secret not in browser.get("/developers/harbour/keys/").content.decode()
    assert secret not in browser.get(f"/developers/harbour/keys/{made.pk}").content.decode()
    assert Entry.objects.get(action="key.created").actor == developer.actor()


def test_key_ends_when_its_maker_said(browser: Browser) -> None:
    browser.post("/developers/harbour/keys/", {**NEW, "days": "30"})

    ends = ApiKey.objects.get().expires_at
    assert ends is not None
    assert abs(ends - timezone.now() - timedelta(days=30)) < timedelta(minutes=1)


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"name": "x" * 121},
        {"name": "a\x00b"},
        {"scopes": []},
        {"scopes": ["everything"]},
        {"scopes": ["read", "models"]},
        {"days": "-1"},
        {"days": "x"},
    ],
)
def test_bad_form_makes_no_key_and_says_so(browser: Browser, change: dict[str, Any]) -> None:
    answer = browser.post("/developers/harbour/keys/", {**NEW, **change})

    assert answer.status_code == 422
    assert "The key was not made." in answer.content.decode()
    assert not ApiKey.objects.exists()


def test_administrator_may_give_the_scope_that_others_may_not(harbour: Client) -> None:
    signed_in(person(Role.ADMINISTRATOR)).post("/developers/harbour/keys/", {**NEW, "scopes": ["models"]})

    assert ApiKey.objects.get().scopes == ["models"]


def test_rotated_key_has_a_new_secret_and_the_old_one_for_as_long_as_chosen(browser: Browser, harbour: Client) -> None:
    made, old = key(harbour, ["read"])

    page = browser.post(f"/developers/harbour/keys/{made.pk}/rotate", {"overlap": "3600"}).content.decode()

    assert services.find_key(secret_in(page)) == made
    assert services.find_key(old) == made
    left = OldSecret.objects.get().expires_at - timezone.now()
    assert timedelta(minutes=59) < left <= timedelta(hours=1)


@pytest.mark.parametrize("overlap", ["", "-1", "x", "99999999", "1e3"])
def test_impossible_overlap_rotates_nothing(browser: Browser, harbour: Client, overlap: str) -> None:
    made, old = key(harbour, ["read"])

    answer = browser.post(f"/developers/harbour/keys/{made.pk}/rotate", {"overlap": overlap})

    assert answer.status_code == 422
    assert services.find_key(old) == made
    assert not OldSecret.objects.exists()


def test_developer_gets_no_secret_of_a_key_that_may_promote_models(browser: Browser, harbour: Client) -> None:
    made, old = key(harbour, ["read", "models"])

    assert browser.post(f"/developers/harbour/keys/{made.pk}/rotate", {"overlap": "0"}).status_code == 403

    assert services.find_key(old) == made
    assert "An administrator rotates it." in browser.get(f"/developers/harbour/keys/{made.pk}").content.decode()


def test_revoked_key_opens_nothing_and_leaves_the_list(browser: Browser, harbour: Client, developer: Person) -> None:
    made, secret = key(harbour)

    answer = browser.post(f"/developers/harbour/keys/{made.pk}/revoke")

    assert (answer.status_code, answer["Location"]) == (302, "/developers/harbour/keys/")
    assert services.find_key(secret) is None
    assert made.pk not in browser.get("/developers/harbour/keys/").content.decode()
    assert Entry.objects.get(action="key.revoked").actor == developer.actor()
    assert browser.post(f"/developers/harbour/keys/{made.pk}/revoke").status_code == 404


@pytest.mark.parametrize(("method", "tail"), [("get", ""), ("post", "/rotate"), ("post", "/revoke")])
def test_another_clients_key_is_not_found_under_ones_own_client(browser: Browser, method: str, tail: str) -> None:
    theirs, secret = key()

    answer = getattr(browser, method)(f"/developers/harbour/keys/{theirs.pk}{tail}", {"overlap": "0"})

    assert answer.status_code == 404
    assert services.find_key(secret) == theirs
    assert not OldSecret.objects.exists()


@pytest.mark.parametrize("tail", ["keys/", "keys/{key}/rotate", "keys/{key}/revoke", "console/"])
def test_another_clients_page_takes_nothing(browser: Browser, tail: str) -> None:
    theirs, secret = key()
    before = ApiKey.objects.count()

    answer = browser.post(f"/developers/{theirs.client.slug}/{tail.format(key=theirs.pk)}", {**NEW, "overlap": "0"})

    assert answer.status_code == 404
    assert ApiKey.objects.count() == before
    assert services.find_key(secret) == theirs


@pytest.mark.parametrize("tail", ["keys/", "keys/{key}/rotate", "keys/{key}/revoke", "console/"])
def test_form_of_another_site_changes_nothing(harbour: Client, developer: Person, tail: str) -> None:
    made, secret = key(harbour)
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(developer, BACKEND)

    answer = browser.post(f"/developers/harbour/{tail.format(key=made.pk)}", {**NEW, "overlap": "0"})

    assert answer.status_code == 403
    assert ApiKey.objects.count() == 1
    assert services.find_key(secret) == made


@pytest.mark.parametrize("tail", ["rotate", "revoke"])
def test_nothing_is_changed_by_a_link(browser: Browser, harbour: Client, tail: str) -> None:
    made, secret = key(harbour)

    assert browser.get(f"/developers/harbour/keys/{made.pk}/{tail}").status_code == 405
    assert services.find_key(secret) == made


def test_keys_of_the_client_are_listed_the_newest_first(browser: Browser, harbour: Client) -> None:
    older, newer = key(harbour)[0], key(harbour)[0]
    theirs = key()[0]

    page = browser.get("/developers/harbour/keys/").content.decode()

    assert 0 < page.index(newer.pk) < page.index(older.pk)
    assert theirs.pk not in page


def test_console_makes_a_key_that_submits_and_reads_for_an_hour(browser: Browser) -> None:
    assert not ApiKey.objects.exists()
    page = browser.post("/developers/harbour/console/").content.decode()

    made = services.find_key(secret_in(page))
    assert made is not None
    assert made.scopes == [Scope.SUBMIT, Scope.READ]
    assert made.expires_at is not None
    assert timedelta(minutes=59) < made.expires_at - timezone.now() <= timedelta(hours=1)


def test_opening_the_console_makes_no_key(browser: Browser) -> None:
    browser.get("/developers/harbour/console/")

    assert not ApiKey.objects.exists()
