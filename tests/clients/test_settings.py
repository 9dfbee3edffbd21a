"""A person's settings: what is kept, what cannot be, and that they are nobody else's."""

from typing import Any

import pytest
from django.test import Client as Browser

from moderation.clients import shortcuts
from moderation.clients.models import Person, Preferences, Role
from moderation.clients.preferences import keep, keys_of, preferences_of, veil
from tests.factories import person

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
ADDRESS = "/accounts/settings/"


@pytest.fixture
def moderator() -> Person:
    return person(Role.MODERATOR)


@pytest.fixture
def browser(moderator: Person) -> Browser:
    signed_in = Browser()
    signed_in.force_login(moderator, BACKEND)
    return signed_in


def fields(**changed: Any) -> dict[str, Any]:
    keys = {f"key_{action}": key for action, key in shortcuts.USUAL.items()}
    return {"blur": "", "grey": "", "break_minutes": "60", "language": "", **keys, **changed}


def test_stranger_is_asked_to_sign_in(client: Browser) -> None:
    for answer in (client.get(ADDRESS), client.post(ADDRESS, fields())):
        assert answer["Location"] == f"/accounts/login/?next={ADDRESS}"
    assert not Preferences.objects.exists()


def test_account_without_a_role_has_settings_too() -> None:
    visitor = Browser()
    visitor.force_login(person(), BACKEND)

    assert visitor.get(ADDRESS).status_code == 200


def test_looking_writes_nothing(browser: Browser) -> None:
    page = browser.get(ADDRESS).content.decode()

    assert 'name="key_escalate" value="e"' in page
    assert not Preferences.objects.exists()


def test_what_is_chosen_is_kept_and_only_for_this_person(browser: Browser, moderator: Person) -> None:
    somebody = person(Role.LEAD)

    answer = browser.post(ADDRESS, fields(blur="off", grey="on", break_minutes="30", key_real="J", key_undo="y"))

    assert answer["Location"] == ADDRESS
    kept = Preferences.objects.get()
    assert (kept.person, kept.blur, kept.grey, kept.break_minutes) == (moderator, "off", "on", 30)
    assert kept.keys == {"real": "j", "undo": "y"}
    assert (keys_of(moderator)["real"], keys_of(somebody)["real"]) == ("j", "1")


def test_two_actions_may_swap_their_keys(browser: Browser, moderator: Person) -> None:
    browser.post(ADDRESS, fields(key_blur="g", key_grey="b"))

    assert (keys_of(moderator)["blur"], keys_of(moderator)["grey"]) == ("g", "b")


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"key_real": "2"}, "Another action has this key."),
        ({"key_real": "?"}, "This key opens the list of keys."),
        ({"key_real": " "}, "This field is required."),
        ({"key_real": ""}, "This field is required."),
        ({"key_real": "ab"}, "at most 1 character"),
        ({"key_real": "\u00a0"}, "This field is required."),
        ({"key_real": "\x00"}, "Null characters are not allowed."),
        ({"key_real": "\u200b"}, "Give one letter, digit or sign."),
        ({"blur": "sometimes"}, "sometimes"),
        ({"break_minutes": "9" * 40}, "9999"),
        ({"language": "xx"}, "xx"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(browser: Browser, changed: dict[str, str], fault: str) -> None:
    answer = browser.post(ADDRESS, fields(**changed))

    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert fault in str(answer.context["form"].errors)
    assert not Preferences.objects.exists()


def test_usual_keys_come_back_and_the_rest_stays(browser: Browser, moderator: Person) -> None:
    browser.post(ADDRESS, fields(blur="off", key_real="j"))

    browser.post(ADDRESS, {"usual": "1"})

    assert (preferences_of(moderator).blur, keys_of(moderator)) == ("off", shortcuts.USUAL)


def test_service_refuses_keys_that_cannot_be_told_apart(moderator: Person) -> None:
    given = {"blur": "", "grey": "", "break_minutes": 60, "language": "", "keys": {"real": "2"}}

    with pytest.raises(ValueError, match="told apart"):
        keep(preferences_of(moderator), given)
    assert not Preferences.objects.exists()


def test_unknown_action_in_an_old_row_does_no_harm() -> None:
    assert shortcuts.keys_with({"danced": "d"}) == shortcuts.USUAL
    assert shortcuts.differing({"danced": "d", "real": "1", "skip": "w"}) == {"skip": "w"}


@pytest.mark.parametrize(
    ("own", "usual", "veiled"), [("", True, True), ("", False, False), ("on", False, True), ("off", True, False)]
)
def test_own_choice_goes_before_the_usual_veil(own: str, usual: bool, veiled: bool) -> None:
    assert veil(own, usual) is veiled


def test_every_usual_key_is_possible_and_named() -> None:
    assert shortcuts.faults(shortcuts.USUAL) == {}
    assert shortcuts.NAMES.keys() == shortcuts.USUAL.keys()
    assert (shortcuts.spoken("+"), shortcuts.spoken("e")) == ("Plus", "E")


def test_keys_stand_in_the_list_of_every_page(browser: Browser) -> None:
    browser.post(ADDRESS, fields(key_real="j"))

    page = browser.get("/").content.decode()

    assert "<dt><kbd>J</kbd></dt><dd>Real</dd>" in page
