"""The pages around the pages: sign-in, problems, and what is not there."""

import re

import pytest
from django.test import Client as Browser
from django.utils.html import escape

from foundation.problems import AGAIN, KINDS
from moderation.clients.models import Role
from tests.factories import person

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


def test_sign_in_names_what_is_wrong_and_leads_where_it_was_asked_to(client: Browser) -> None:
    person(Role.MODERATOR, username="mo")
    page = client.get("/accounts/login/?next=/review/").content.decode()
    wrong = client.post("/accounts/login/", {"username": "mo", "password": "wrong"}).content.decode()

    assert 'name="next" value="/review/"' in page
    assert 'role="alert"' in wrong
    assert 'value="mo"' in wrong
    answer = client.post("/accounts/login/", {"username": "mo", "password": "password", "next": "/review/"})
    assert answer["Location"] == "/review/"


def test_sign_in_sends_nobody_to_another_site(client: Browser) -> None:
    person(Role.MODERATOR, username="mo")

    form = {"username": "mo", "password": "password", "next": "https://elsewhere.example/"}

    assert client.post("/accounts/login/", form)["Location"] == "/review/"


def test_signing_out_is_a_form(client: Browser) -> None:
    client.force_login(person(Role.MODERATOR), BACKEND)

    assert '<form method="post" action="/accounts/logout/">' in client.get("/").content.decode()
    assert client.get("/accounts/logout/").status_code == 405
    assert client.post("/accounts/logout/")["Location"] == "/"
    assert "Sign in" in client.get("/").content.decode()


@pytest.mark.parametrize("slug", list(KINDS))
def test_every_problem_type_has_a_page(client: Browser, slug: str) -> None:
    answer = client.get(f"/problems/{slug}")

    page = answer.content.decode()
    assert answer.status_code == 200
    assert f"<code>{slug}</code>" in page
    assert f"<dd>{KINDS[slug].status}</dd>" in page
    assert escape(KINDS[slug].meaning) in page
    assert f"&quot;code&quot;: &quot;{slug}&quot;" in page
    assert ("may succeed later" in page) is (slug in AGAIN)


def test_problem_types_are_listed_with_a_link_to_each(client: Browser) -> None:
    page = client.get("/problems/").content.decode()

    assert all(f'href="/problems/{slug}"' in page for slug in KINDS)


def test_problem_that_does_not_exist_is_not_explained(client: Browser) -> None:
    assert client.get("/problems/nothing").status_code == 404


def test_page_that_is_not_there_says_so_in_words(client: Browser) -> None:
    answer = client.get("/nothing")

    assert answer.status_code == 404
    assert "There is no page at this address." in answer.content.decode()


@pytest.mark.parametrize("address", ["/", "/accounts/login/", "/problems/invalid", "/problems/", "/nothing"])
def test_page_allows_nothing_inline_and_nothing_from_elsewhere(client: Browser, address: str) -> None:
    answer = client.get(address)

    page = answer.content.decode()
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert ' style="' not in page
    assert "<style" not in page
    assert ' onclick="' not in page
    assert not re.search(r"(src|href|action)=.(https?:)?//", page)
