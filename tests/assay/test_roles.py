"""Every page and every address of the API, opened or sent by every role: who may not is told so, and changes nothing.

The pages are those of the URL configuration, so that none is forgotten: a new one fails the walk until it stands here.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client as Browser
from django.urls import URLResolver, get_resolver, resolve

from moderation.clients.models import READERS, REVIEWERS, Role
from moderation.clients.permissions import ANY
from moderation.review.models import Case, CaseReason
from tests.assay.holdings import BODIES, Holdings
from tests.assay.test_tenancy import ALL, everything
from tests.factories import person

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(400)]
PEOPLE: list[Role | None] = [None, *Role]
LEADS = frozenset({Role.LEAD, Role.ADMINISTRATOR})
OVERSEERS = LEADS | {Role.AUDITOR}
KEEPERS = frozenset({Role.ADMINISTRATOR})
FOR_EVERYBODY = {
    *("portal:check", "portal:example_thumbnail", "portal:result", "portal:result_status", "portal:share"),
    *("portal:delete", "portal:report", "portal:shared", "portal:appeal", "portal:history", "portal:sign_up"),
    *("login", "logout", "settings", "language", "problems", "problem", "developers:first"),
}
"""What is public or shows visitors their own things; whose objects these show is tested with the pages themselves."""
OPENED = {
    "review:queue review:queues review:queue-edit review:bulks review:bulk review:case review:submission": READERS,
    "explore:explore explore:export explore:archives explore:download": READERS,
    "insights:queue insights:cases insights:verdicts insights:errors insights:behind insights:drift": READERS,
    "insights:reviewers insights:reviewer insights:simulator insights:transparency insights:statements": OVERSEERS,
    "review:quality review:disagreement audit:log audit:export": OVERSEERS,
    "seals:sealed": KEEPERS,
}
SENT = {
    "review:later review:revealed explore:save explore:forget explore:discard": READERS,
    "review:claim-next review:decide review:escalate review:skip review:claim review:extend review:undo": REVIEWERS,
    "review:release review:queue-remove review:bulk-prepare review:bulk-start review:bulk-stop": REVIEWERS,
    "review:bulk-undo review:reassign review:revise seals:seal": REVIEWERS,
    "review:gold review:retire review:train review:release-trainee": LEADS,
    "seals:lift seals:enlist seals:delist": KEEPERS,
}
OF_THE_CLIENT = "developers:"
OF_KEYS = "/api/v1/imports"  # of the client whose key calls; a person belongs to none
LEFT_ALONE = {
    "review:claim-next": "leads back to the queue",
    "review:queue-remove": "a queue that is not theirs is not there",
    "review:bulk-start": "a bulk that is not theirs is not there",
    "review:bulk-stop": "a bulk that is not theirs is not there",
    "review:bulk-undo": "a bulk that is not theirs is not there",
    "review:undo": "there is no such decision",
    "review:extend": "they hold nothing",
    "review:release": "they hold nothing",
    "review:reassign": "the form is read first",
    "review:revise": "the form is read first",
}
"""Where a reader who may not act is let in and told something else than 403."""


def split(table: dict[str, frozenset[Role]]) -> dict[str, frozenset[Role]]:
    return {name: roles for names, roles in table.items() for name in names.split()}


def pages(patterns: Iterable[Any], before: str = "", space: str = "") -> Iterator[tuple[str, str]]:
    """Return the name and the address of every page with a name."""
    for one in patterns:
        address = before + str(one.pattern)
        if isinstance(one, URLResolver) and not address.startswith(("admin/", "api/")):
            yield from pages(one.url_patterns, address, f"{space}{one.namespace}:" if one.namespace else space)
        elif not isinstance(one, URLResolver) and one.name:
            yield f"{space}{one.name}", address


PAGES = list(pages(get_resolver().url_patterns))
RULES = split(OPENED) | split(SENT)


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def owner() -> Holdings:
    made = Holdings()
    case = Case.objects.create(client=made.client, submission=made.submission, reason=CaseReason.POLICY)
    made.made |= {"case_id": case.pk, "image_id": str(made.submission.image_id), "slug": made.client.slug}
    made.made |= {"person_id": str(person(Role.LEAD).pk), "digest": "ab" * 32, "form": "csv"}
    for kind in ("endpoint_id", "delivery_id", "key_id"):
        made.identifier(kind)
    return made


def at(address: str, owner: Holdings) -> str:
    """Return the address with the client's objects in it, and with what never was where it holds none."""
    plain = re.sub(r"[\^$\\]", "", re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", address))
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: owner.made.get(found[1], owner_of(found[1], owner)), plain)


def owner_of(name: str, owner: Holdings) -> str:
    return owner.submission.pk if name == "submission_id" else "absent"


def signed_in(role: Role | None) -> Browser:
    browser = Browser(raise_request_exception=False)
    browser.force_login(person(role))
    return browser


def status(browser: Browser, method: str, path: str, **body: Any) -> int:
    """Call and take back what it did; a streamed answer is read."""
    with transaction.atomic():
        answer: Any = getattr(browser, method)(path, **body)
        if answer.streaming:
            b"".join(answer.streaming_content)
        transaction.set_rollback(True)
    return int(answer.status_code)


def method_of(name: str) -> str:
    return "post" if name in split(SENT) else "get"


def test_every_page_has_a_rule() -> None:
    names = {name for name, _ in PAGES if not name.startswith(OF_THE_CLIENT)} | {"developers:first"}
    assert names == set(RULES) | FOR_EVERYBODY
    assert set(LEFT_ALONE) <= set(RULES)


@pytest.mark.parametrize("role", PEOPLE, ids=str)
def test_page_opens_to_its_roles_and_to_no_other(owner: Holdings, role: Role | None) -> None:
    browser = signed_in(role)

    for name, address in PAGES:
        if name not in RULES:
            continue
        body = {"data": {"label": "edited"}} if name == "review:decide" else {}
        found = status(browser, method_of(name), at(address, owner), **body)
        if role in RULES[name]:
            assert found != 403, name
            assert found < 500, name
        elif role in READERS and name in LEFT_ALONE:
            assert found in {302, 403, 404, 409, 422}, name
        else:
            assert found == 403, name


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AUDITOR], ids=str)
def test_who_does_not_act_changes_nothing(owner: Holdings, role: Role | None) -> None:
    browser = signed_in(role)
    own = {"explore:save", "explore:archives", "review:revealed", "review:later"}
    before = everything()

    for name, address in PAGES:
        if name in RULES and name not in own:
            browser.post(at(address, owner), {"label": "edited", "reason": "other", "note": "x", "name": "x"})

    assert everything() == before


@pytest.mark.parametrize("role", [None, Role.LEAD], ids=str)
def test_pages_of_a_client_are_not_found_by_who_does_not_manage_it(owner: Holdings, role: Role | None) -> None:
    browser, before = signed_in(role), everything()

    for name, address in PAGES:
        if name.startswith(OF_THE_CLIENT) and name != "developers:first":
            assert browser.get(at(address, owner)).status_code in {404, 405}, name
            assert browser.post(at(address, owner)).status_code in {404, 405}, name

    assert everything() == before


def test_nobody_is_asked_to_sign_in(owner: Holdings) -> None:
    before = everything()

    for name, address in PAGES:
        if name in RULES or name.startswith(OF_THE_CLIENT):
            answer: Any = getattr(Browser(), method_of(name))(at(address, owner))
            asked = answer.status_code == 405 or answer.headers["Location"].startswith("/accounts/login/")
            assert asked, name

    assert everything() == before


@pytest.mark.parametrize("role", PEOPLE, ids=str)
def test_api_answers_a_person_by_role(owner: Holdings, role: Role | None) -> None:
    browser = signed_in(role)
    scopes = {ANY, *(["read"] if role in READERS else []), *(["decide"] if role in REVIEWERS else [])}

    for method, path, operation in ALL:
        address = owner.address(path)
        needed = resolve(address).func.cls.scopes[method.upper()]  # type: ignore[attr-defined]
        body = {"data": BODIES.get(operation, {}), "content_type": "application/json"}
        found = status(browser, method, address, **(body if method in {"post", "patch"} else {}))
        if needed not in scopes:
            assert found == 403, (method, path)
        elif method == "get":
            assert found == 200 or path.startswith(OF_KEYS), (method, path)
        else:
            assert found < 500, (method, path)
