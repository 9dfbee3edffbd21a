"""Counts by period, and a statement of reasons for each verdict that names nobody."""

import csv
import io
import json
from typing import Any

import pytest
from django.test import Client as Browser

from moderation.audit.models import Entry
from moderation.clients.models import Client, Person, Role
from moderation.insights import transparency
from moderation.insights.scope import Scope
from moderation.review import objections, services
from moderation.review.services import Choice
from tests.factories import ClientFactory, key, person
from tests.insights.pages_for_tests import OVERSEEN, narrowed, read, text
from tests.review.api_for_tests import judged

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor() -> Person:
    return person(Role.AUDITOR)


@pytest.fixture
def harbour() -> Client:
    """A client with one verdict by a policy, and one that a person revised after an appeal."""
    made, _ = key()
    judged(made.client, 0.9, external_id="=1+1")
    appealed = judged(made.client, 0.6)
    objections.appeal(appealed, made, "I took this")
    moderator = person(Role.MODERATOR, username="secretive")
    services.decide_submission(appealed, moderator, Choice("real", note="Known to us."))
    return made.client


def test_decisions_and_objections_of_the_period_are_counted(harbour: Client, auditor: Person) -> None:
    counts = transparency.count(Scope(auditor, None, 7))

    assert (counts.verdicts, counts.automated, counts.by_people) == (3, 2, 1)
    assert counts.labels == {"real": 1, "ai_generated": 1, "edited": 0, "uncertain": 1}
    assert counts.actions == {"allow": 1, "label": 1, "review": 1, "block": 0}
    assert (counts.appeals, counts.appeals_decided, counts.appeals_upheld, counts.reports) == (1, 1, 1, 0)
    assert counts.hours == pytest.approx(0, abs=0.1)


def test_period_without_decisions_counts_to_zero(auditor: Person) -> None:
    counts = transparency.count(Scope(auditor, None, 7))

    assert (counts.verdicts, counts.appeals, counts.hours) == (0, 0, None)


def test_each_verdict_has_its_statement(harbour: Client, auditor: Person) -> None:
    rows = [json.loads(line) for line in text(read(Browser(), auditor, OVERSEEN["jsonl"])).splitlines()]

    assert [(row["label"], row["action"], row["automated_decision"], row["stands"]) for row in rows] == [
        ("ai_generated", "label", True, True),
        ("uncertain", "review", True, False),
        ("real", "allow", False, True),
    ]
    first = rows[0]
    assert tuple(first) == transparency.COLUMNS
    assert (first["client"], first["policy"], first["policy_version"]) == (harbour.slug, "default", 1)
    assert (first["automated_detection"], first["external_id"]) == (True, "=1+1")
    assert "97" in first["reasons"][0] or "90" in first["reasons"][0]


def test_csv_has_a_head_and_no_formula(harbour: Client, auditor: Person) -> None:
    answer = read(Browser(), auditor, OVERSEEN["csv"])
    rows = list(csv.DictReader(io.StringIO(text(answer))))

    assert answer["Content-Type"].startswith("text/csv")
    assert "attachment" in answer["Content-Disposition"]
    assert len(rows) == 3
    assert rows[0]["external_id"] == "'=1+1"


def test_no_statement_names_a_person(harbour: Client, auditor: Person) -> None:
    for name in ("csv", "jsonl"):
        assert "secretive" not in text(read(Browser(), auditor, OVERSEEN[name]))


def test_taking_statements_is_logged(harbour: Client, auditor: Person) -> None:
    read(Browser(), auditor, OVERSEEN["csv"], days=7, client=harbour.slug)

    entry = Entry.objects.get(action="statements.exported")
    assert (entry.actor, entry.data) == (auditor.actor(), {"form": "csv", "days": 7, "client": harbour.pk})


def test_more_verdicts_than_are_read_at_once_all_come(auditor: Person, monkeypatch: Any) -> None:
    monkeypatch.setattr(transparency, "AT_ONCE", 2)
    client = ClientFactory.create()
    for _ in range(5):
        judged(client, 0.9)

    assert len({row["id"] for row in transparency.statements(Scope(auditor, None, 7))}) == 5


def test_unseen_clients_are_left_out(harbour: Client) -> None:
    reader = narrowed(Role.AUDITOR, ClientFactory.create())

    assert transparency.count(Scope(reader, None, 7)).verdicts == 0
    assert text(read(Browser(), reader, OVERSEEN["jsonl"])) == ""


def test_other_forms_are_not_found(auditor: Person) -> None:
    assert read(Browser(), auditor, "/insights/transparency/statements.xlsx").status_code == 404
