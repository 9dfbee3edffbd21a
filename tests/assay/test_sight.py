"""Every address of the API, called by a person in a browser who does not see the client whose object it names."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client as Browser

from moderation.clients.models import Role
from tests.assay.holdings import BODIES, Holdings
from tests.assay.test_tenancy import LISTS, NAMED, OF_AUTHORS, everything, files
from tests.factories import ClientFactory, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def owner() -> Holdings:
    made = Holdings()
    for _, path, _ in NAMED:
        made.address(path)
    return made


def signed_in(role: Role, *clients: Any) -> Browser:
    who = person(role, sees_every_client=not clients)
    who.visible_clients.set(clients)
    browser = Browser(raise_request_exception=False)
    browser.force_login(who)
    return browser


def ask(browser: Browser, method: str, path: str, operation: str) -> Any:
    body = {"data": BODIES.get(operation, {}), "content_type": "application/json"}
    return getattr(browser, method)(path, **(body if method in {"post", "patch"} else {}))


@pytest.mark.parametrize("role", [Role.LEAD, Role.AUDITOR])
def test_object_of_an_unseen_client_is_as_one_that_never_was(owner: Holdings, tmp_path: Path, role: Role) -> None:
    browser = signed_in(role, ClientFactory.create())
    absent = dict.fromkeys(owner.made, "absent")
    before, kept = everything(), files(tmp_path)

    for method, path, operation in NAMED:
        if operation == OF_AUTHORS:
            continue
        theirs = ask(browser, method, owner.address(path), operation)
        never = ask(browser, method, owner.address(path, absent), operation)
        assert theirs.status_code in {403, 404}, (method, path, theirs.status_code)
        assert (never.status_code, never.json()["detail"]) == (theirs.status_code, theirs.json()["detail"]), path

    assert everything() == before
    assert files(tmp_path) == kept


def test_no_list_names_anything_of_an_unseen_client(owner: Holdings) -> None:
    blind, seeing = signed_in(Role.LEAD, ClientFactory.create()), signed_in(Role.LEAD, owner.client)
    found = set()

    for _, path, _ in LISTS:
        hidden, shown = blind.get(path), seeing.get(path)
        assert [one for one in owner.everything() if one in hidden.content.decode()] == [], path
        found |= {one for one in owner.everything() if one in shown.content.decode()}

    assert {owner.submission.pk, *(owner.made[name] for name in ("appeal_id", "event_id", "known_id"))} <= found
