"""Keys in the admin: made by administrators, shown once, revoked and never edited."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from moderation.audit.models import Entry
from moderation.clients import services
from moderation.clients.models import ApiKey, Client, Role
from tests.factories import ClientFactory, key, person

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
ADD = "admin:clients_apikey_add"
LIST = "admin:clients_apikey_changelist"
PERSON = "admin:clients_person_change"


def signed_in(**rights: Any) -> tuple[Browser, Any]:
    browser, who = Browser(), person(is_staff=True, **rights)
    browser.force_login(who, BACKEND)
    return browser, who


@pytest.fixture
def browser() -> Browser:
    return signed_in(is_superuser=True)[0]


def form(**changes: Any) -> dict[str, Any]:
    return {"client": ClientFactory.create().pk, "name": "shop", "scopes": ["submit", "read"], **changes}


def secret_in(page: str) -> str:
    _, _, rest = page.partition("shown this once: ")
    return rest.partition("<")[0].strip()


def test_new_keys_secret_is_shown_once_and_opens_the_api() -> None:
    browser, who = signed_in(is_superuser=True)

    shown = browser.post(reverse(ADD), form(), follow=True).content.decode()

    secret = secret_in(shown)
    made = ApiKey.objects.get()
    assert secret.startswith("ask_")
    assert services.find_key(secret) == made
    assert (made.name, made.scopes, made.expires_at) == ("shop", ["submit", "read"], None)
    entry = Entry.objects.get(action="key.created")
    assert (entry.object_id, entry.actor) == (made.pk, f"person:{who.pk}")
    for page in (reverse(LIST), reverse("admin:clients_apikey_change", args=[made.pk])):
        assert "ask_" not in browser.get(page).content.decode()


def test_key_ends_when_the_form_says(browser: Browser) -> None:
    until = timezone.now().replace(microsecond=0) + timedelta(days=2)
    changes = {"expires_at_0": until.strftime("%Y-%m-%d"), "expires_at_1": until.strftime("%H:%M:%S")}

    browser.post(reverse(ADD), form(**changes))

    assert ApiKey.objects.get().expires_at == until


@pytest.mark.parametrize("changes", [{"scopes": ["everything"]}, {"scopes": []}, {"name": ""}, {"client": "cli_1"}])
def test_bad_form_makes_no_key(browser: Browser, changes: dict[str, Any]) -> None:
    assert browser.post(reverse(ADD), form(**changes)).status_code == 200

    assert not ApiKey.objects.exists()


def test_only_a_superuser_makes_keys() -> None:
    browser, who = signed_in()
    who.user_permissions.set(Permission.objects.filter(content_type__app_label="clients"))

    assert browser.post(reverse(ADD), form()).status_code == 403
    assert not ApiKey.objects.exists()


def revoke(browser: Browser, made: ApiKey) -> Any:
    return browser.post(reverse(LIST), {"action": "revoke", "_selected_action": [made.pk]}, follow=True)


def test_revoked_key_opens_nothing_and_is_logged(browser: Browser) -> None:
    made, secret = key()

    assert "Revoked 1." in revoke(browser, made).content.decode()

    assert services.find_key(secret) is None
    assert Entry.objects.filter(action="key.revoked", object_id=made.pk).count() == 1


def test_who_may_only_look_revokes_nothing() -> None:
    browser, who = signed_in()
    who.user_permissions.set(Permission.objects.filter(codename="view_apikey"))
    made, secret = key()

    revoke(browser, made)

    assert services.find_key(secret) == made


def test_key_is_never_edited_or_deleted(browser: Browser) -> None:
    made, secret = key(scopes=["read"])
    change = reverse("admin:clients_apikey_change", args=[made.pk])

    assert browser.post(change, form(scopes=["models"])).status_code == 403
    assert browser.post(reverse("admin:clients_apikey_delete", args=[made.pk]), {"post": "yes"}).status_code == 403
    found = services.find_key(secret)
    assert found is not None
    assert found.scopes == ["read"]


def test_client_is_switched_off_and_not_deleted(browser: Browser) -> None:
    made, secret = key()
    client = made.client

    assert browser.post(reverse("admin:clients_client_delete", args=[client.pk]), {"post": "yes"}).status_code == 403
    browser.post(reverse("admin:clients_client_change", args=[client.pk]), {"name": client.name, "slug": client.slug})

    assert Client.objects.get(pk=client.pk).is_active is False
    assert services.find_key(secret) is None


def changed(browser: Browser, page: str, row: Any, **fields: Any) -> None:
    """Change some fields of a row on its admin page, and send the others as the page has them."""
    address = reverse(page, args=[row.pk])
    shown = browser.get(address).context["adminform"].form
    sent = {name: value for name in shown.fields if (value := shown[name].value()) not in (None, False)} | fields
    joined = sent.pop("date_joined", None)
    times = {"date_joined_0": f"{joined:%Y-%m-%d}", "date_joined_1": f"{joined:%H:%M:%S}"} if joined else {}
    answer = browser.post(address, {**sent, **times})
    assert answer.status_code == 302, answer.context["adminform"].form.errors


def test_change_of_a_persons_rights_stands_in_the_log_before_and_after() -> None:
    (browser, who), harbour = signed_in(is_superuser=True), ClientFactory.create()
    moderator = person(Role.MODERATOR, first_name="Jane")
    lead = Group.objects.create(name=Role.LEAD)

    changed(
        browser, PERSON, moderator, groups=[lead.pk], sees_every_client="", visible_clients=[harbour.pk], username="x"
    )

    entry = Entry.objects.filter(action="person.changed").last()
    assert entry
    assert entry.before
    assert entry.after
    assert (entry.actor, entry.object_id, entry.client) == (who.actor(), moderator.actor(), "")
    assert (entry.before["roles"], entry.after["roles"]) == (["moderator"], ["lead"])
    assert (entry.before["sees_every_client"], entry.after["sees_every_client"]) == (True, False)
    assert (entry.before["visible_clients"], entry.after["visible_clients"]) == ([], [harbour.pk])
    assert "Jane" not in str(list(Entry.objects.values()))


def test_new_name_of_a_person_is_no_matter_for_the_log() -> None:
    browser, moderator = signed_in(is_superuser=True)[0], person(Role.MODERATOR)
    before = Entry.objects.count()

    changed(browser, PERSON, moderator, first_name="Jane")

    assert Entry.objects.count() == before


def test_password_set_by_an_administrator_stands_in_the_log() -> None:
    (browser, who), somebody = signed_in(is_superuser=True), person()
    address = reverse("admin:auth_user_password_change", args=[somebody.pk])

    browser.post(address, {"password1": "a", "password2": "b", "usable_password": "true"})
    assert not Entry.objects.filter(action="person.password_set").exists()
    secret = "correct horse battery staple"
    browser.post(address, {"password1": secret, "password2": secret, "usable_password": "true"})

    entry = Entry.objects.get(action="person.password_set")
    assert (entry.actor, entry.object_id) == (who.actor(), somebody.actor())


def test_deleted_person_stands_in_the_log() -> None:
    browser, somebody = signed_in(is_superuser=True)[0], person(Role.VIEWER)

    browser.post(reverse("admin:clients_person_delete", args=[somebody.pk]), {"post": "yes"})

    entry = Entry.objects.get(action="person.deleted")
    assert entry.before
    assert (entry.object_id, entry.before["roles"], entry.after) == (somebody.actor(), ["viewer"], None)


def test_change_of_a_client_stands_in_the_log_of_that_client() -> None:
    browser, harbour = signed_in(is_superuser=True)[0], ClientFactory.create()

    changed(browser, "admin:clients_client_change", harbour, retention_days=30)

    entry = Entry.objects.get(action="client.changed")
    assert entry.before
    assert entry.after
    assert (entry.object_id, entry.client) == (harbour.pk, harbour.pk)
    assert (entry.before["retention_days"], entry.after["retention_days"]) == (None, 30)


def test_roles_cannot_be_renamed_in_the_admin() -> None:
    browser, _ = signed_in(is_superuser=True)
    assert browser.get("/admin/auth/group/").status_code == 404


def test_role_given_twice_stands_in_the_log_once() -> None:
    somebody = person()
    services.give_role(somebody, Role.LEAD)
    services.give_role(somebody, Role.LEAD)
    services.give_role(somebody, Role.AUDITOR, actor="person:1")

    entries = Entry.objects.filter(action="person.changed", object_id=somebody.actor()).order_by("id")
    found = [(entry.actor, entry.before, entry.after) for entry in entries]
    assert found == [
        ("system", {"roles": []}, {"roles": ["lead"]}),
        ("person:1", {"roles": ["lead"]}, {"roles": ["auditor", "lead"]}),
    ]
