"""In which language a page is answered, who chooses it, and that programs are always answered in English."""

import re

import pytest
from django.conf import settings
from django.test import Client as Browser
from django.test import override_settings

from moderation.clients.models import Preferences, Role
from tests import factories

pytestmark = pytest.mark.django_db
GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}
RIGHT_TO_LEFT = override_settings(LANGUAGES=[("en", "English"), ("ar", "العربيّة")])


@pytest.fixture
def browser() -> Browser:
    return Browser()


def test_page_speaks_the_language_that_the_browser_asks_for(browser: Browser) -> None:
    answer = browser.get("/problems/", headers=GERMAN)

    assert '<html lang="de" dir="ltr">' in answer.content.decode()
    assert "<h1>Problemtypen</h1>" in answer.content.decode()
    assert answer["Content-Language"] == "de"
    assert {"Accept-Language", "Cookie"} <= set(answer["Vary"].split(", "))


def test_page_is_english_for_a_language_that_is_not_offered_and_after_a_german_one(browser: Browser) -> None:
    browser.get("/problems/", headers=GERMAN)

    answer = browser.get("/problems/", headers={"Accept-Language": "fr"})

    assert "<h1>Problem types</h1>" in answer.content.decode()
    assert answer["Content-Language"] == "en"


def test_page_of_a_refusal_is_translated_too(browser: Browser) -> None:
    missing = browser.get("/none/such", headers=GERMAN)
    refused = browser.post("/", b"", content_type="image/png", headers={**GERMAN, "Content-Length": "1" * 19})

    assert "<h1>Hier ist nichts</h1>" in missing.content.decode()
    assert '<html lang="de"' in refused.content.decode()
    assert refused.status_code == 413


def test_switch_needs_no_script_comes_back_and_goes_back(browser: Browser) -> None:
    page = browser.get("/problems/?from=here").content.decode()
    form = page[page.index('<form class="languages"') :]
    assert 'action="/language"' in form
    assert 'name="next" value="/problems/?from=here"' in form
    assert '<button class="btn btn-quiet" type="submit" name="language" value="de" lang="de">Deutsch</button>' in form

    chosen = browser.post("/language", {"language": "de", "next": "/problems/?from=here"})
    assert (chosen.status_code, chosen["Location"]) == (302, "/problems/?from=here")
    assert "<h1>Problemtypen</h1>" in browser.get("/problems/").content.decode()

    browser.post("/language", {"language": "en", "next": "/problems/"})
    assert "<h1>Problem types</h1>" in browser.get("/problems/", headers=GERMAN).content.decode()


@pytest.mark.parametrize("address", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""])
def test_switch_never_leads_elsewhere(browser: Browser, address: str) -> None:
    chosen = browser.post("/language", {"language": "de", "next": address})

    assert (chosen.status_code, chosen["Location"]) == (302, "/")


@pytest.mark.parametrize("language", ["", "fr", "de'; drop", "x" * 5000, "\x00"])
def test_switch_to_what_is_not_offered_changes_nothing(browser: Browser, language: str) -> None:
    person = factories.person(Role.MODERATOR)
    browser.force_login(person)

    answer = browser.post("/language", {"language": language, "next": "/problems/"})

    assert answer.status_code == 400
    assert "django_language" not in browser.cookies
    assert not Preferences.objects.filter(person=person).exists()


def test_switch_is_a_post_with_a_token() -> None:
    strict = Browser(enforce_csrf_checks=True)

    assert strict.get("/language").status_code == 405
    assert strict.post("/language", {"language": "de"}).status_code == 403
    assert "django_language" not in strict.cookies


def test_switch_of_a_person_is_kept_in_their_preferences_beside_the_rest(browser: Browser) -> None:
    person = factories.person(Role.MODERATOR)
    Preferences.objects.create(person=person, blur="on", break_minutes=30)
    browser.force_login(person)

    browser.post("/language", {"language": "de", "next": "/"})

    kept = Preferences.objects.get(person=person)
    assert (kept.language, kept.blur, kept.break_minutes) == ("de", "on", 30)


def test_own_language_follows_log_in(browser: Browser) -> None:
    person = factories.person(Role.MODERATOR)
    Preferences.objects.create(person=person, language="de")
    browser.cookies["django_language"] = "en"

    browser.post("/accounts/login/", {"username": person.username, "password": "password"})

    assert browser.cookies["django_language"].value == "de"
    assert browser.cookies["django_language"]["httponly"]
    assert "<h1>Problemtypen</h1>" in browser.get("/problems/").content.decode()


def test_log_in_without_an_own_language_leaves_the_browsers(browser: Browser) -> None:
    person = factories.person(Role.MODERATOR)
    browser.cookies["django_language"] = "de"

    browser.post("/accounts/login/", {"username": person.username, "password": "password"})

    assert browser.cookies["django_language"].value == "de"


def test_language_of_the_settings_page_holds_from_its_answer_on(browser: Browser) -> None:
    browser.force_login(factories.person(Role.MODERATOR))
    sent = browser.get("/accounts/settings/").context["form"].initial

    browser.post("/accounts/settings/", {**sent, "language": "de"})
    assert "<h1>Problemtypen</h1>" in browser.get("/problems/").content.decode()

    browser.post("/accounts/settings/", {**sent, "language": ""})
    assert browser.cookies["django_language"].value == ""


def test_api_speaks_english_to_everybody() -> None:
    _, secret = factories.key()
    call = Browser(headers={**GERMAN, "Authorization": f"Bearer {secret}"})
    call.cookies["django_language"] = "de"

    asked = call.post("/api/v1/keys", {"name": ""}, content_type="application/json")
    missing = call.get("/api/v1/keys/key_none")

    assert asked.status_code == 422
    assert "This field may not be blank." in asked.content.decode()
    assert missing.json()["title"] == "Nothing here"
    assert "Content-Language" not in asked


@RIGHT_TO_LEFT
def test_language_that_runs_from_right_to_left_turns_the_page_around(browser: Browser) -> None:
    page = browser.get("/problems/", headers={"Accept-Language": "ar"}).content.decode()

    assert '<html lang="ar" dir="rtl">' in page


@override_settings(LANGUAGES=[("en", "English")])
def test_one_language_needs_no_switch(browser: Browser) -> None:
    page = browser.get("/problems/", headers=GERMAN).content.decode()

    assert not re.search(r'class="languages"|popovertarget="languages"', page)
    assert '<html lang="en" dir="ltr">' in page


def test_stylesheet_knows_no_left_or_right_side() -> None:
    sheet = (settings.BASE_DIR / "static" / "css" / "assay.css").read_text()
    rules = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)

    assert re.findall(r"[\s{;](?:margin|padding|border)-(?:left|right)\b.*", rules) == []
    assert re.findall(r"[\s{;](?:left|right): .*|(?:text-align|float): (?:left|right).*", rules) == []
