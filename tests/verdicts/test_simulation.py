"""The dry run of a policy: counted against what was said then, and nothing written."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from moderation.clients.models import Client
from moderation.events.models import Event
from moderation.intake.models import Submission
from moderation.verdicts import judge, policies, services, simulation
from moderation.verdicts.models import PolicyVersion, Verdict
from moderation.verdicts.provenance import Examined
from tests.factories import ClientFactory, SubmissionFactory, key, said, told

pytestmark = pytest.mark.django_db
URL = "/api/v1/policies"
RAN = {"general": "mdl_1", "face": "mdl_2", "edited": "mdl_3"}
STRICT = {"general": {"review": 0.2, "label": 0.4, "block": 0.9}}
NO_LABELS = {"real": 0, "ai_generated": 0, "edited": 0, "uncertain": 0}
NO_ACTIONS = {"allow": 0, "label": 0, "review": 0, "block": 0}


@pytest.fixture
def harbour() -> Client:
    made: Client = ClientFactory.create()
    return made


def judged(client: Client, *probabilities: float, ran: dict[str, str] = RAN, **options: Any) -> Submission:
    submission: Submission = SubmissionFactory.create(client=client)
    services.record_analysis(submission, [said(one) for one in probabilities], ran, **options)
    return submission


def decided(submission: Submission, label: str) -> Submission:
    services.revise_by_person(submission, label, {"id": "dec_1", "label": label}, timedelta(0))
    return submission


def simulate(browser: Browser, client: Client, body: Any = None, policy: str | None = None) -> Any:
    path = f"{URL}/{policy or policies.default_version().policy_id}/simulate"
    headers = {"authorization": f"Bearer {key(client, ['manage'])[1]}"}
    return browser.post(path, json.dumps(body or {}), content_type="application/json", headers=headers)


def pair(label: str, action: str) -> dict[str, str]:
    return {"label": label, "action": action}


def test_stricter_rules_move_what_lies_between(client: Browser, harbour: Client) -> None:
    clear, between, high = judged(harbour, 0.1), judged(harbour, 0.45), judged(harbour, 0.95)

    answer = simulate(client, harbour, {"thresholds": STRICT})

    assert answer.status_code == 200
    body = answer.json()
    assert body["policy"] == {"name": "default", "version": 1}
    assert (body["submissions"], body["changed"]) == (3, 2)
    assert body["before"] == {
        "labels": {**NO_LABELS, "real": 2, "ai_generated": 1},
        "actions": {**NO_ACTIONS, "allow": 2, "label": 1},
    }
    assert body["after"] == {
        "labels": {**NO_LABELS, "real": 1, "ai_generated": 2},
        "actions": {**NO_ACTIONS, "allow": 1, "label": 1, "block": 1},
    }
    moves = sorted(body["moves"], key=lambda move: move["before"]["label"])
    assert moves == [
        {"before": pair("ai_generated", "label"), "after": pair("ai_generated", "block"), "submissions": 1},
        {"before": pair("real", "allow"), "after": pair("ai_generated", "label"), "submissions": 1},
    ]
    assert [one["submission"] for one in body["examples"]] == [high.pk, between.pk]
    assert body["since"] < body["until"]
    assert clear.pk not in str(body)


def test_policy_in_force_changes_nothing_of_its_own_verdicts(client: Browser, harbour: Client) -> None:
    for probability in (0.1, 0.6, 0.9):
        judged(harbour, probability)

    body = simulate(client, harbour).json()

    assert (body["submissions"], body["changed"], body["moves"], body["examples"]) == (3, 0, [], [])
    assert body["before"] == body["after"]


def test_nothing_is_written(client: Browser, harbour: Client) -> None:
    judged(harbour, 0.45)
    before = (list(Verdict.objects.values()), Event.objects.count(), PolicyVersion.objects.count())

    simulate(client, harbour, {"thresholds": STRICT})

    assert (list(Verdict.objects.values()), Event.objects.count(), PolicyVersion.objects.count()) == before


def test_required_role_that_did_not_run_makes_it_uncertain(client: Browser, harbour: Client) -> None:
    judged(harbour, 0.1, ran={"general": "mdl_1", "face": "mdl_2", "edited": "mdl_3"})

    body = simulate(client, harbour, {"required_roles": ["general", "hands"]}).json()

    assert body["moves"] == [{"before": pair("real", "allow"), "after": pair("uncertain", "review"), "submissions": 1}]


def test_agreement_with_people_counts_those_who_could_tell(client: Browser, harbour: Client) -> None:
    decided(judged(harbour, 0.45), "ai_generated")
    decided(judged(harbour, 0.1), "real")
    decided(judged(harbour, 0.3), "cannot_tell")
    judged(harbour, 0.9)

    body = simulate(client, harbour, {"thresholds": STRICT}).json()

    assert body["people"] == {"decided": 2, "agreed_before": 1, "agreed_after": 2}


def test_before_is_what_the_policy_said_not_the_person(client: Browser, harbour: Client) -> None:
    decided(judged(harbour, 0.9), "real")

    body = simulate(client, harbour).json()

    assert body["before"]["labels"]["ai_generated"] == 1
    assert body["changed"] == 0


def test_signed_manifest_counts_where_the_rules_believe_it(client: Browser, harbour: Client) -> None:
    signed = Examined([told("signed", "ai_generated", "c2pa")], "digest")
    forgeable = Examined([told("forgeable", "ai_generated", "c2pa"), told("signed", "camera", "c2pa")], "digest")
    judged(harbour, 0.1, examined=signed)
    judged(harbour, 0.1, examined=forgeable)

    disbelieved = simulate(client, harbour).json()
    believed = simulate(client, harbour, {"believe_signed_ai": True}).json()

    assert disbelieved["changed"] == 0
    assert believed["after"]["labels"] == {**NO_LABELS, "real": 1, "ai_generated": 1}


def test_other_clients_failed_and_waiting_submissions_are_left_out(client: Browser, harbour: Client) -> None:
    judged(ClientFactory.create(), 0.9)
    SubmissionFactory.create(client=harbour)
    services.record_failure(SubmissionFactory.create(client=harbour), "internal", "three times")

    body = simulate(client, harbour).json()

    assert (body["submissions"], body["since"], body["until"]) == (0, None, None)
    assert (body["before"]["labels"], body["after"]["actions"]) == (NO_LABELS, NO_ACTIONS)


def test_only_the_last_are_looked_at(client: Browser, harbour: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulation, "LAST", 2)
    monkeypatch.setattr(simulation, "AT_ONCE", 1)
    first, *rest = (judged(harbour, 0.45) for _ in range(3))

    body = simulate(client, harbour, {"thresholds": STRICT}).json()

    assert [one["submission"] for one in body["examples"]] == [one.pk for one in rest[::-1]]
    assert first.pk not in str(body)


def test_queries_do_not_grow_with_the_submissions(harbour: Client) -> None:
    rules = judge.rules_from(policies.default_version())
    judged(harbour, 0.9)
    with CaptureQueriesContext(connection) as for_one:
        simulation.simulate(harbour, rules)
    for _ in range(9):
        judged(harbour, 0.9, 0.3)
    with CaptureQueriesContext(connection) as for_ten:
        simulation.simulate(harbour, rules)

    assert len(for_ten) == len(for_one)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"thresholds": {"general": {"review": 0.9, "label": 0.1}}}, "#/thresholds/general"),
        ({"thresholds": None}, "#/thresholds"),
        ({"required_roles": 7}, "#/required_roles"),
        ({"actions": {}}, "#/actions"),
        ({"believe_signed_ai": "yes"}, "#/believe_signed_ai"),
        ([1], "#"),
    ],
)
def test_impossible_rules_are_422(client: Browser, harbour: Client, body: Any, pointer: str) -> None:
    answer = simulate(client, harbour, body)

    assert (answer.status_code, [error["pointer"] for error in answer.json()["errors"]]) == (422, [pointer])


def test_own_policy_that_waits_can_be_simulated(client: Browser, harbour: Client) -> None:
    judged(harbour, 0.45)
    headers = {"authorization": f"Bearer {key(harbour)[1]}"}
    waiting = {"name": "strict", "thresholds": STRICT, "in_force": False}
    made = client.post(URL, json.dumps(waiting), content_type="application/json", headers=headers).json()

    body = simulate(client, harbour, policy=made["id"]).json()

    assert body["policy"] == {"name": "strict", "version": 1}
    assert body["moves"][0]["after"] == pair("ai_generated", "label")
