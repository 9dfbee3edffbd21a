"""The page of the audit log: who reads it, what of it, and what hostile filters do."""

import csv
import io
import json
from typing import Any

import pytest
from django.test import Client as Browser
from pytest_django.asserts import assertContains, assertNotContains

from moderation.audit import services as audit
from moderation.audit.models import Entry
from moderation.clients.models import Client, Person, Role
from tests.factories import ClientFactory, key, person

pytestmark = pytest.mark.django_db
READERS = [Role.LEAD, Role.ADMINISTRATOR, Role.AUDITOR]
PATHS = ("/audit/", "/audit/export.csv", "/audit/export.jsonl")


@pytest.fixture
def clients() -> tuple[Client, Client]:
    """Two clients with an entry each, beside one of the installation."""
    seen, hidden = ClientFactory.create_batch(2)
    before, after = {"label": "real"}, {"label": "edited"}
    audit.record("person:0", "case.decided", "case_seen", {"seen": [1]}, client=seen.pk, before=before, after=after)
    audit.record("key:key_0", "submission.erased", "sub_hidden", client=hidden.pk)
    audit.record("system", "model.promoted", "mdl_1")
    return seen, hidden


def browser_of(role: Role | None, *clients: Client) -> Browser:
    who = person(role, sees_every_client=not clients)
    who.visible_clients.set(clients)
    return signed_in(who)


def signed_in(who: Person) -> Browser:
    browser = Browser()
    browser.force_login(who)
    return browser


def body(answer: Any) -> str:
    return b"".join(answer.streaming_content).decode()


@pytest.mark.parametrize("role", READERS)
def test_overseers_read_all_and_export_it(clients: tuple[Client, Client], role: Role) -> None:
    browser = browser_of(role)
    page = browser.get("/audit/")
    for text in ("case_seen", "sub_hidden", "mdl_1", "&quot;label&quot;: &quot;edited&quot;"):
        assertContains(page, text)
    records = [json.loads(line) for line in body(browser.get("/audit/export.jsonl")).splitlines()]
    assert [one["object"] for one in records] == ["audit_log", "mdl_1", "sub_hidden", "case_seen"]
    assert (records[-1]["before"], records[-1]["after"]) == ({"label": "real"}, {"label": "edited"})
    assert [one["previous_hash"] for one in records[:-1]] == [one["hash"] for one in records[1:]]
    rows = list(csv.DictReader(io.StringIO(body(browser.get("/audit/export.csv")))))
    assert (rows[-1]["action"], rows[-1]["data"]) == ("case.decided", '{"seen": [1]}')


@pytest.mark.parametrize("role", [None, Role.VIEWER, Role.MODERATOR])
def test_others_read_and_export_nothing(clients: tuple[Client, Client], role: Role | None) -> None:
    browser, before = browser_of(role), Entry.objects.count()
    assert [browser.get(path).status_code for path in PATHS] == [403] * 3
    assert Entry.objects.count() == before


def test_nobody_is_asked_to_sign_in() -> None:
    assert [Browser().get(path).status_code for path in PATHS] == [302] * 3


@pytest.mark.parametrize("role", [Role.LEAD, Role.AUDITOR])
def test_narrowed_person_reads_only_entries_of_seen_clients(clients: tuple[Client, Client], role: Role) -> None:
    browser = browser_of(role, clients[0])
    for query in ("", f"?client={clients[1].pk}", "?object=sub_hidden", "?object=mdl_1"):
        page = browser.get(f"/audit/{query}")
        assertNotContains(page, "sub_hidden</code>")
        assertNotContains(page, "mdl_1</code>")
        assertNotContains(page, clients[1].name)
    records = [json.loads(line) for line in body(browser.get("/audit/export.jsonl")).splitlines()]
    assert [one["object"] for one in records] == ["case_seen"]


def test_export_is_logged_with_what_was_asked_for(clients: tuple[Client, Client]) -> None:
    who = person(Role.AUDITOR)
    signed_in(who).get("/audit/export.csv?noun=case")
    entry = Entry.objects.get(action="audit_log.exported")
    assert (entry.actor, entry.data) == (who.actor(), {"form": "csv", "noun": "case"})


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("noun=case", ["case_seen"]),
        ("noun=nonsense", ["mdl_1", "sub_hidden", "case_seen"]),
        ("actor=system", ["mdl_1"]),
        ("object=case_seen", ["case_seen"]),
        ("since=2999-01-01", []),
        ("until=2000-01-01", []),
        ("since=2000-01-01&until=2999-01-01", ["mdl_1", "sub_hidden", "case_seen"]),
        ("since=2000-13-99", ["mdl_1", "sub_hidden", "case_seen"]),
        ("until=9999-12-31", ["mdl_1", "sub_hidden", "case_seen"]),
    ],
)
def test_filters_narrow(clients: tuple[Client, Client], query: str, found: list[str]) -> None:
    page = browser_of(Role.AUDITOR).get(f"/audit/?{query}")
    assert [line.entry.object_id for line in page.context["lines"]] == found


def test_actor_is_named_where_it_still_exists() -> None:
    somebody, (made, _) = person(Role.LEAD, first_name="Jane"), key()
    audit.record(somebody.actor(), "case.decided", "case_1")
    audit.record(f"key:{made.pk}", "decision.made", "sub_1")
    audit.record("person:99999999", "case.decided", "case_2")
    page = browser_of(Role.AUDITOR).get("/audit/")
    assert [line.actor for line in page.context["lines"]][:3] == ["person:99999999", str(made), "Jane"]


def test_pages_follow_each_other() -> None:
    for number in range(3):
        audit.record("system", "a", f"o{number}")
    browser = browser_of(Role.AUDITOR)
    first = browser.get("/audit/?limit=2")
    second = browser.get(first.context["page"]["next"])
    assert [line.entry.object_id for line in second.context["lines"]] == ["o0"]
    assert second.context["page"]["previous"]


@pytest.mark.parametrize("query", ["before=x", "before=-1", "after=" + "9" * 19, "limit=0", "before=1&after=1"])
def test_odd_page_is_not_found(query: str) -> None:
    assert browser_of(Role.AUDITOR).get(f"/audit/?{query}").status_code == 404


@pytest.mark.parametrize("odd", ["%00", "x" * 3000, "'%20or%201=1--", "%E2%80%AE", "<script>"])
def test_odd_filter_is_no_fault(odd: str) -> None:
    browser = browser_of(Role.AUDITOR)
    for name in ("noun", "actor", "object", "client", "since", "until"):
        page = browser.get(f"/audit/?{name}={odd}")
        assert page.status_code == 200, name
        assertNotContains(page, '<script>"')
