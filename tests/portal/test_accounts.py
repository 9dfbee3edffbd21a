"""Accounts for people: made where the setting says so, without a role, taking over what the browser checked."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client as Browser

from moderation.audit.models import Entry
from moderation.clients.models import Person, Role
from moderation.portal import checks, limits
from moderation.portal.models import Owner
from tests.factories import person
from tests.portal.visits_for_tests import judged, of_browser, signed_in, text_of

pytestmark = pytest.mark.django_db
ADDRESS = "/accounts/sign-up/"
FORM = {"username": "nora", "password1": "a pond at dusk", "password2": "a pond at dusk"}


@pytest.fixture(autouse=True)
def _open(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MEDIA_ROOT, settings.SIGN_UP = tmp_path, True
    monkeypatch.setattr(limits, "spend", lambda request, what, quota: None)


def test_account_has_no_role_and_takes_over_what_the_browser_checked(client: Browser) -> None:
    mine = of_browser(client, judged())

    page = text_of(client.post(ADDRESS, FORM, follow=True))

    made = Person.objects.get(username="nora")
    assert "Your account is made, and you are signed in." in page
    assert (made.roles(), made.is_staff, made.may_read()) == (frozenset(), False, False)
    assert Owner.objects.get().person == made
    assert checks.KEY not in client.session
    assert "0.png" in text_of(client.get("/checks/"))
    assert client.get(f"/results/{mine.pk}").status_code == 200
    assert Entry.objects.get(action="person.signed_up").actor == made.actor()


def test_account_of_its_own_opens_no_page_of_the_people_who_work_here(client: Browser) -> None:
    client.post(ADDRESS, FORM)

    for address in ("/review/", "/explore/", "/insights/", "/admin/", "/audit/"):
        assert client.get(address).status_code in {302, 403, 404}, address
    assert "Review" not in text_of(client.get("/"))
    assert client.get("/api/v1/submissions").status_code == 403


def test_where_the_setting_is_off_there_is_no_such_page(client: Browser, settings: Any) -> None:
    settings.SIGN_UP = False

    assert client.get(ADDRESS).status_code == 404
    assert client.post(ADDRESS, FORM).status_code == 404
    assert not Person.objects.exists()
    assert ADDRESS not in text_of(client.get("/accounts/login/"))


@pytest.mark.parametrize(
    "change",
    [
        {"password2": "another pond"},
        {"password1": "short", "password2": "short"},
        {"password1": "password", "password2": "password"},
        {"username": "nora.evening", "password1": "nora.evening", "password2": "nora.evening"},
        {"username": ""},
        {"username": "a b<script>"},
        {"username": "x" * 151},
        {"username": "no\x00ra"},
    ],
)
def test_refused_account_says_why_and_is_not_made(client: Browser, change: dict[str, str]) -> None:
    answer = client.post(ADDRESS, FORM | change)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'role="alert"' in page
    assert 'aria-invalid="true"' in page
    assert "a pond at dusk" not in page
    assert not Person.objects.exists()


def test_taken_name_is_refused(client: Browser) -> None:
    person(username="nora")

    assert client.post(ADDRESS, FORM).status_code == 422
    assert Person.objects.count() == 1


def test_extra_fields_give_no_rights(client: Browser) -> None:
    client.post(ADDRESS, FORM | {"is_staff": "on", "is_superuser": "on", "groups": "1"})

    made = Person.objects.get()
    assert (made.is_staff, made.is_superuser, made.groups.count()) == (False, False, 0)


def test_signed_in_person_needs_no_other_account() -> None:
    browser = signed_in(person())

    assert browser.get(ADDRESS)["Location"] == "/"
    assert browser.post(ADDRESS, FORM)["Location"] == "/"
    assert Person.objects.count() == 1


@pytest.mark.parametrize(("role", "leads_to"), [(Role.MODERATOR, "/review/"), (Role.AUDITOR, "/review/"), (None, "/")])
def test_signing_in_leads_to_where_one_has_work(client: Browser, role: Role | None, leads_to: str) -> None:
    person(role, username="mo")

    answer = client.post("/accounts/login/", {"username": "mo", "password": "password"})

    assert answer["Location"] == leads_to
