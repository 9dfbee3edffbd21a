"""Every address of the API, walked by those who may not: another client's key, a key without the scope, and nobody.

The addresses are those of the URL configuration as the schema has them, so that none can be forgotten; a kind of object
that is new to the walk fails it until tests/assay/holdings.py can make one.
"""

from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.test import TestCase
from django.urls import resolve
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator

from assay.openapi import operations
from moderation.clients.models import Scope
from moderation.clients.permissions import ANY
from tests.assay.holdings import AUTHOR, BODIES, Holdings, call
from tests.factories import key

pytestmark = pytest.mark.django_db
with GENERATOR_STATS.silence():
    SCHEMA: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
ALL = [(method, path, operation["operationId"]) for path, method, operation in operations(SCHEMA)]
NAMED = [one for one in ALL if "{" in one[1]]
LISTS = [one for one in ALL if "{" not in one[1] and one[0] == "get" and one[2] != "me"]
OF_AUTHORS = "authors_erase"
NOISE = {"last_used_at"}


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def owner() -> Holdings:
    """A client that holds one of everything."""
    made = Holdings()
    for _, path, _ in NAMED:
        made.address(path)
    return made


def everything() -> dict[str, list[dict[str, Any]]]:
    """Return every row of the platform, but for when keys were last used."""
    found: dict[str, list[dict[str, Any]]] = {}
    for app in [one for one in apps.get_app_configs() if one.name.startswith("moderation.")]:
        for model in app.get_models():
            rows = model._default_manager.order_by("pk").values()
            found[model._meta.label] = [{name: row[name] for name in row if name not in NOISE} for row in rows]
    return found


def files(folder: Path) -> dict[str, bytes]:
    return {str(one): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


def ask(secret: str | None, method: str, address: str, operation: str) -> Any:
    """Call with a body that is good."""
    return call(secret, method, address, BODIES.get(operation, {}) if method in {"post", "patch"} else None)


def test_foreign_key_finds_nothing_and_changes_nothing(owner: Holdings, tmp_path: Path) -> None:
    _, foreign = key()
    absent = dict.fromkeys(owner.made, "absent")
    before, kept = everything(), files(tmp_path)

    for method, path, operation in NAMED:
        if operation == OF_AUTHORS:
            continue
        theirs = ask(foreign, method, owner.address(path), operation)
        never = ask(foreign, method, owner.address(path, absent), operation)
        at = f"{method} {path}"
        assert (theirs.status_code, theirs["Content-Type"]) == (404, "application/problem+json"), at
        assert (never.status_code, never.json()["detail"]) == (404, theirs.json()["detail"]), at
        assert everything() == before, at

    assert files(tmp_path) == kept


def test_author_of_another_client_is_not_erased(owner: Holdings, tmp_path: Path) -> None:
    _, foreign = key()
    kept = files(tmp_path)

    with TestCase.captureOnCommitCallbacks(execute=True):
        answer = call(foreign, "delete", f"/api/v1/authors/{AUTHOR}")

    assert answer.status_code == 202
    document = call(owner.secret, "get", f"/api/v1/submissions/{owner.submission.pk}").json()
    assert (document["author_id"], document["verdict"]["label"]) == (AUTHOR, "ai_generated")
    assert files(tmp_path) == kept


def test_owner_finds_what_the_foreign_key_does_not(owner: Holdings) -> None:
    for method, path, operation in NAMED:
        with transaction.atomic():
            answer = ask(owner.secret, method, owner.address(path), operation)
            assert answer.status_code < 300 or answer.status_code == 409, (method, path, answer.content)
            transaction.set_rollback(True)


def test_no_list_names_anything_of_another_client(owner: Holdings) -> None:
    _, foreign = key()

    for method, path, operation in LISTS:
        theirs, own = ask(foreign, method, path, operation), ask(owner.secret, method, path, operation)
        assert (theirs.status_code, own.status_code) == (200, 200), path
        assert [one for one in owner.everything() if one in theirs.content.decode()] == [], path


def test_key_without_the_scope_is_403_and_changes_nothing(owner: Holdings) -> None:
    weak = {needed: key(owner.client, [scope for scope in Scope if scope != needed])[1] for needed in Scope}
    before = everything()

    for method, path, operation in ALL:
        address = owner.address(path)
        needed = resolve(address).func.cls.scopes[method.upper()]  # type: ignore[attr-defined]
        if needed != ANY:
            answer = ask(weak[needed], method, address, operation)
            assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), (method, path)
            assert everything() == before, (method, path)


def test_nobody_is_401_and_changes_nothing(owner: Holdings) -> None:
    before = everything()

    for method, path, operation in ALL:
        for secret in (None, "ask_" + "x" * 43):
            answer = ask(secret, method, owner.address(path), operation)
            found = (answer.status_code, answer["WWW-Authenticate"], answer.json()["code"])
            assert found == (401, "Bearer", "unauthenticated"), (method, path)

    assert everything() == before


@pytest.mark.parametrize("odd", ["%00", "..%2f..", "'%20or%201=1--", "%ff%fe", "x" * 3000, "%E2%80%AE", "-1", "null"])
def test_odd_identifier_is_refused_and_never_a_fault(owner: Holdings, odd: str) -> None:
    for method, path, operation in NAMED:
        answer = ask(owner.secret, method, owner.address(path, dict.fromkeys(owner.made, odd)), operation)
        assert answer.status_code in {404, 422} or operation == OF_AUTHORS, (method, path, answer.content)
        assert answer.status_code < 500, (method, path)


@pytest.mark.parametrize(
    "body",
    [
        "null",
        "[]",
        '"x"',
        "{",
        "\x00",
        "[" * 5000,
        '{"\\u0000": 1}',
        '{"a": 1e999}',
        '{"name": {"name": []}, "url": 5, "scopes": {"a": 1}, "label": [], "thresholds": 7, "note": {}, "file": []}',
        '{"items": [null, [], 5, {"url": {}}], "sha256": 1, "phash": [], "since": [], "until": {}, "statement": 9}',
    ],
)
def test_hostile_body_is_never_a_fault(owner: Holdings, body: str) -> None:
    for method, path, _ in ALL:
        if method in {"post", "patch"}:
            answer = call(owner.secret, method, owner.address(path), body)
            assert answer.status_code < 500, (method, path, answer.content)
            assert answer.status_code < 400 or answer["Content-Type"] == "application/problem+json", (method, path)
