"""The keys API: secrets shown once, scopes that nobody widens, rotation with overlap, and nothing of other clients."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client as Browser
from django.utils import timezone

from moderation.audit.models import Entry
from moderation.clients import services
from moderation.clients.models import ApiKey, OldSecret, Role, Scope, StoredAnswer
from tests.factories import ClientFactory, key, person

pytestmark = pytest.mark.django_db
KEYS = "/api/v1/keys"
ME = "/api/v1/me"
LATER = "2099-01-01T00:00:00Z"


def call(secret: str | None, method: str = "get", path: str = KEYS, body: Any = None, **headers: str) -> Any:
    browser = Browser(raise_request_exception=False)
    given = headers | ({"authorization": f"Bearer {secret}"} if secret else {})
    more = {} if body is None else {"data": body, "content_type": "application/json"}
    return getattr(browser, method)(path, headers=given, **more)


def make(secret: str, **body: Any) -> Any:
    return call(secret, "post", body={"name": "shop", "scopes": ["read"], **body})


@pytest.fixture
def manager() -> tuple[ApiKey, str]:
    return key(scopes=["submit", "read", "manage"])


def test_new_key_works_and_its_secret_is_in_the_creating_answer_only(manager: tuple[ApiKey, str]) -> None:
    answer = make(manager[1], scopes=["read", "submit"], expires_at=LATER)

    body = answer.json()
    assert answer.status_code == 201
    assert answer["Location"] == f"http://testserver{KEYS}/{body['id']}"
    assert answer["Cache-Control"] == "no-store"
    assert body["secret"].startswith("ask_")
    assert (body["name"], body["scopes"], body["expires_at"]) == ("shop", ["submit", "read"], LATER)
    found = services.find_key(body["secret"])
    assert found is not None
    assert (found.pk, found.client) == (body["id"], manager[0].client)
    for path in (KEYS, f"{KEYS}/{body['id']}"):
        assert "ask_" not in call(manager[1], path=path).content.decode()
    entry = Entry.objects.get(action="key.created", object_id=body["id"])
    assert entry.actor == manager[0].pk


def test_list_is_the_clients_own_newest_first_and_pages(manager: tuple[ApiKey, str]) -> None:
    made = [make(manager[1]).json()["id"] for _ in range(3)][::-1]
    key()

    first = call(manager[1], path=f"{KEYS}?limit=2").json()
    second = call(manager[1], path=first["next"]).json()

    assert [one["id"] for one in first["results"] + second["results"]] == [*made, manager[0].pk]
    assert set(first["results"][0]) == {
        "id",
        "name",
        "scopes",
        "requests_per_minute",
        "created_at",
        "expires_at",
        "last_used_at",
        "old_secrets",
    }


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"name": ""}, "#/name"),
        ({"name": "x" * 121}, "#/name"),
        ({"name": "a\x00"}, "#/name"),
        ({"name": None}, "#/name"),
        ({"name": {"a": 1}}, "#/name"),
        ({"scopes": []}, "#/scopes"),
        ({"scopes": ["everything"]}, "#/scopes/0"),
        ({"scopes": "read"}, "#/scopes"),
        ({"scopes": [["read"]]}, "#/scopes/0"),
        ({"scopes": {"read": 1}}, "#/scopes"),
        ({"scopes": ["read"] * 50}, "#/scopes"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "#/expires_at"),
        ({"expires_at": "tomorrow"}, "#/expires_at"),
        ({"expires_at": 5}, "#/expires_at"),
        ({"expires_at": "9999-12-31T23:59:59-23:59"}, "#/expires_at"),
        ({"expires_at": "0001-01-01T00:00:00+23:59"}, "#/expires_at"),
    ],
)
def test_bad_value_is_422_with_its_pointer_and_makes_no_key(
    manager: tuple[ApiKey, str], body: dict[str, Any], pointer: str
) -> None:
    answer = make(manager[1], **body)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert ApiKey.objects.count() == 1


@pytest.mark.parametrize("body", ["[]", '"x"', "5", "null", "[[]]"])
def test_body_that_is_no_object_is_422(manager: tuple[ApiKey, str], body: str) -> None:
    answer = call(manager[1], "post", body=body)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


def test_body_that_is_no_json_is_415(manager: tuple[ApiKey, str]) -> None:
    answer = Browser().post(KEYS, {"name": "x"}, headers={"authorization": f"Bearer {manager[1]}"})

    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-media-type")


@pytest.mark.parametrize("scope", [Scope.DECIDE, Scope.LEARN, Scope.MODELS])
def test_key_never_mints_a_scope_that_it_lacks(manager: tuple[ApiKey, str], scope: Scope) -> None:
    answer = make(manager[1], scopes=["read", scope])

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert ApiKey.objects.count() == 1


def test_no_key_mints_the_scope_that_administrators_give() -> None:
    answer = make(key()[1], scopes=["models"])

    assert answer.status_code == 403
    assert ApiKey.objects.count() == 1


def test_rotated_key_has_a_new_secret_and_the_old_one_until_the_overlap_ends(manager: tuple[ApiKey, str]) -> None:
    made, old = key(manager[0].client, ["read"])
    now = timezone.now()

    with time_machine.travel(now, tick=False):
        answer = call(manager[1], "post", f"{KEYS}/{made.pk}/rotate", {"overlap_seconds": 60})

    body = answer.json()
    assert (answer.status_code, body["id"], answer["Cache-Control"]) == (200, made.pk, "no-store")
    assert datetime.fromisoformat(body["old_secrets"][0]["expires_at"]) == now + timedelta(seconds=60)
    for seconds, works in ((59, True), (61, False)):
        with time_machine.travel(now + timedelta(seconds=seconds), tick=False):
            assert (services.find_key(old) == made) is works
            assert services.find_key(body["secret"]) == made
    assert Entry.objects.get(action="key.rotated").data == {"overlap_seconds": 60}


def test_second_rotation_leaves_the_secret_of_the_first_its_own_overlap(manager: tuple[ApiKey, str]) -> None:
    made, oldest = key(manager[0].client, ["read"])
    address = f"{KEYS}/{made.pk}/rotate"

    lost = call(manager[1], "post", address, {"overlap_seconds": 600}).json()["secret"]
    newest = call(manager[1], "post", address, {"overlap_seconds": 60}).json()["secret"]

    assert [services.find_key(secret) for secret in (oldest, lost, newest)] == [made, made, made]
    assert OldSecret.objects.count() == 2


def test_rotation_without_overlap_ends_the_old_secret_at_once(manager: tuple[ApiKey, str]) -> None:
    made, old = key(manager[0].client, ["read"])

    body = call(manager[1], "post", f"{KEYS}/{made.pk}/rotate", {"overlap_seconds": 0}).json()

    assert services.find_key(old) is None
    assert (services.find_key(body["secret"]), body["old_secrets"]) == (made, [])


@pytest.mark.parametrize(("body", "kind"), [(b"", ""), (b"", "application/json"), (b"{}", "application/json")])
def test_overlap_is_a_day_where_none_is_given(manager: tuple[ApiKey, str], body: bytes, kind: str) -> None:
    headers = {"authorization": f"Bearer {manager[1]}"}

    assert Browser().generic("POST", f"{KEYS}/{manager[0].pk}/rotate", body, kind, headers=headers).status_code == 200

    left = OldSecret.objects.get().expires_at - timezone.now()
    assert timedelta(hours=23, minutes=59) < left <= timedelta(hours=24)


@pytest.mark.parametrize("overlap", [-1, 2_592_001, "x", None, 1.5, 10**400, True, []])
def test_impossible_overlap_is_422_and_rotates_nothing(manager: tuple[ApiKey, str], overlap: Any) -> None:
    answer = call(manager[1], "post", f"{KEYS}/{manager[0].pk}/rotate", {"overlap_seconds": overlap})

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/overlap_seconds")
    assert services.find_key(manager[1]) == manager[0]
    assert not OldSecret.objects.exists()


def test_key_gets_no_secret_of_a_key_that_may_do_more(manager: tuple[ApiKey, str]) -> None:
    strong, secret = key(manager[0].client, ["read", "decide"])

    answer = call(manager[1], "post", f"{KEYS}/{strong.pk}/rotate", {})

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert services.find_key(secret) == strong
    assert not OldSecret.objects.exists()


def test_use_of_an_old_secret_is_told_apart(manager: tuple[ApiKey, str]) -> None:
    made, old = key(manager[0].client, ["read"])
    call(manager[1], "post", f"{KEYS}/{made.pk}/rotate", {})
    call(old, path="/api/v1/submissions")

    body = call(manager[1], path=f"{KEYS}/{made.pk}").json()

    assert body["last_used_at"] is None
    assert body["old_secrets"][0]["last_used_at"] is not None


def test_deleted_key_opens_nothing_with_any_of_its_secrets(manager: tuple[ApiKey, str]) -> None:
    made, old = key(manager[0].client, ["read"])
    new = call(manager[1], "post", f"{KEYS}/{made.pk}/rotate", {}).json()["secret"]

    answer = call(manager[1], "delete", f"{KEYS}/{made.pk}")

    assert (answer.status_code, answer.content) == (204, b"")
    assert [services.find_key(secret) for secret in (old, new)] == [None, None]
    assert call(manager[1], "delete", f"{KEYS}/{made.pk}").status_code == 404
    assert call(manager[1], "post", f"{KEYS}/{made.pk}/rotate", {}).status_code == 404
    assert made.pk not in call(manager[1]).content.decode()
    assert Entry.objects.filter(action="key.revoked", object_id=made.pk).count() == 1


def test_key_that_expired_still_stands_in_the_list(manager: tuple[ApiKey, str]) -> None:
    ApiKey.objects.filter(pk=key(manager[0].client)[0].pk).update(expires_at=timezone.now())

    assert len(call(manager[1]).json()["results"]) == 2


CALLS = [("get", ""), ("delete", ""), ("post", "/rotate")]
MANAGED = [("get", ""), ("post", ""), *((method, f"/ID{tail}") for method, tail in CALLS)]


@pytest.mark.parametrize(("method", "tail"), CALLS)
def test_another_clients_key_is_as_good_as_absent(manager: tuple[ApiKey, str], method: str, tail: str) -> None:
    theirs, secret = key()

    foreign = call(manager[1], method, f"{KEYS}/{theirs.pk}{tail}")
    absent = call(manager[1], method, f"{KEYS}/key_absent{tail}")

    assert foreign.status_code == absent.status_code == 404
    assert foreign.json()["detail"] == absent.json()["detail"]
    assert services.find_key(secret) == theirs


@pytest.mark.parametrize(("method", "tail"), CALLS)
@pytest.mark.parametrize("key_id", ["%00", "key_%ff", "x" * 3000, "..", "key_1'--", "é"])
def test_odd_identifier_is_404(manager: tuple[ApiKey, str], method: str, tail: str, key_id: str) -> None:
    assert call(manager[1], method, f"{KEYS}/{key_id}{tail}").status_code == 404


@pytest.mark.parametrize("scope", sorted(set(Scope) - {Scope.MANAGE}))
@pytest.mark.parametrize(
    ("method", "tail"), [*[(method, f"/ID{tail}") for method, tail in CALLS], ("post", ""), ("get", "")]
)
def test_only_manage_manages(scope: Scope, method: str, tail: str) -> None:
    made, secret = key(scopes=[scope])

    answer = call(secret, method, KEYS + tail.replace("ID", made.pk), {} if method == "post" else None)

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert (ApiKey.objects.count(), services.find_key(secret)) == (1, made)


@pytest.mark.parametrize("role", list(Role))
def test_person_manages_no_keys(client: Browser, role: Role) -> None:
    client.force_login(person(role), "django.contrib.auth.backends.ModelBackend")

    assert client.get(KEYS).status_code == 403
    assert client.post(KEYS, {}, content_type="application/json").status_code == 403


def test_retried_creation_makes_one_key_and_does_not_tell_its_secret_again(manager: tuple[ApiKey, str]) -> None:
    body = {"name": "shop", "scopes": ["read"]}
    first = call(manager[1], "post", body=body, **{"idempotency-key": "k"}).json()
    second = call(manager[1], "post", body=body, **{"idempotency-key": "k"}).json()

    assert second == {**first, "secret": None}
    assert ApiKey.objects.count() == 2
    assert first["secret"] not in str(list(StoredAnswer.objects.values()))


@pytest.mark.parametrize("scope", list(Scope))
def test_me_tells_any_key_who_it_is_and_what_is_left(scope: Scope) -> None:
    made, secret = key(ClientFactory.create(name="Shop"), [scope])

    body = call(secret, path=ME).json()

    assert body["client"] == {"id": made.client.pk, "name": "Shop"}
    assert (body["key"]["id"], body["person"], body["scopes"]) == (made.pk, None, [scope])
    assert [one["policy"] for one in body["limits"]] == ["client", "key"]
    assert body["limits"][1] == {**body["limits"][1], "requests": 6000, "seconds": 60, "remaining": 5999}
    assert "secret" not in body["key"]


def test_me_tells_a_person_their_roles(client: Browser) -> None:
    client.force_login(person(Role.MODERATOR, first_name="Ada"), "django.contrib.auth.backends.ModelBackend")

    body = client.get(ME).json()

    assert (body["client"], body["key"]) == (None, None)
    assert body["person"] == {"name": "Ada", "roles": ["moderator"]}
    assert body["scopes"] == ["read", "decide"]


@pytest.mark.parametrize("secret", [None, "ask_wrong"])
def test_me_is_401_for_the_unknown(secret: str | None) -> None:
    answer = call(secret, path=ME)

    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
