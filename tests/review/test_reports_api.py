"""Reports: a client says that a verdict is wrong, people look, and the outcome can be read."""

from typing import Any

import pytest
from django.test import Client as Browser

from moderation.audit.models import Entry
from moderation.clients.models import Client, Role
from moderation.intake.models import Priority
from moderation.review import services
from moderation.review.models import Case, CaseReason, CaseState, Report
from moderation.review.services import Choice
from tests.factories import ClientFactory, SubmissionFactory, key, person
from tests.review.api_for_tests import SUBMISSIONS, call, get, judged, post, told

pytestmark = pytest.mark.django_db
BODY = {"expected": "real", "note": "the author sent the raw file"}


@pytest.fixture
def harbour() -> Client:
    made: Client = ClientFactory.create()
    return made


def outcomes(browser: Browser, secret: str, query: str = "") -> list[Any]:
    found = get(browser, secret, f"/api/v1/reports{query}").json()["results"]
    return [(one["submission"], one["state"], one["outcome"]) for one in found]


def test_report_opens_a_case_and_is_answered_whole(client: Browser, harbour: Client) -> None:
    made, secret = key(harbour, ["submit"])
    submission = judged(harbour, external_id="post-42")

    answer = post(client, secret, submission, "reports", BODY)

    report = Report.objects.get()
    assert answer.status_code == 201
    assert answer.json() == {
        "id": report.pk,
        "submission": submission.pk,
        "external_id": "post-42",
        "expected": "real",
        "by": "client",
        "note": "the author sent the raw file",
        "revision": 1,
        "state": "open",
        "outcome": None,
        "decision": None,
        "created_at": answer.json()["created_at"],
    }
    assert report.pk.startswith("rpt_")
    case = Case.objects.get()
    assert (case.submission, case.reason, case.state) == (submission, CaseReason.REPORT, CaseState.OPEN)
    assert Entry.objects.get(action="report.made").actor == f"key:{made.pk}"
    assert told(submission) == ["submission.analysed"]


@pytest.mark.parametrize(
    ("submitted", "raised"),
    [(Priority.LOW, Priority.NORMAL), (Priority.NORMAL, Priority.HIGH), (Priority.HIGH, Priority.HIGH)],
)
def test_report_moves_an_open_case_up_by_one_level(
    client: Browser, harbour: Client, submitted: Priority, raised: Priority
) -> None:
    submission = judged(harbour, 0.6, priority=submitted)
    assert Case.objects.get().priority == submitted

    post(client, key(harbour)[1], submission, "reports", BODY)

    case = Case.objects.get()
    assert (case.priority, case.reason, case.state) == (raised, CaseReason.REPORT, CaseState.OPEN)
    assert Entry.objects.get(action="case.raised").object_id == case.pk


def test_report_opens_a_decided_case_again(client: Browser, harbour: Client) -> None:
    submission = judged(harbour, 0.6)
    services.decide(Case.objects.get().pk, person(Role.MODERATOR), Choice("edited"))
    before = Case.objects.get().opened_at

    post(client, key(harbour)[1], submission, "reports", BODY)

    case = Case.objects.get()
    assert (case.state, case.decided_at, case.reason) == (CaseState.OPEN, None, CaseReason.REPORT)
    assert case.opened_at > before
    services.decide(case.pk, person(Role.MODERATOR), Choice("real"))


@pytest.mark.parametrize(
    ("decided", "outcome"), [("real", "upheld"), ("edited", "rejected"), ("cannot_tell", "rejected")]
)
def test_decision_settles_the_report(client: Browser, harbour: Client, decided: str, outcome: str) -> None:
    _, secret = key(harbour)
    submission = judged(harbour)
    post(client, secret, submission, "reports", BODY)
    assert outcomes(client, secret) == [(submission.pk, "open", None)]

    decision = services.decide(Case.objects.get().pk, person(Role.MODERATOR), Choice(decided))

    assert outcomes(client, secret) == [(submission.pk, "decided", outcome)]
    assert get(client, secret, "/api/v1/reports").json()["results"][0]["decision"]["id"] == decision.pk


def test_undo_opens_the_report_again(client: Browser, harbour: Client) -> None:
    _, secret = key(harbour)
    moderator = person(Role.MODERATOR)
    submission = judged(harbour)
    post(client, secret, submission, "reports", BODY)
    decision = services.decide(Case.objects.get().pk, moderator, Choice("real"))

    services.undo(decision.pk, moderator)

    assert outcomes(client, secret) == [(submission.pk, "open", None)]
    assert Case.objects.get().state == CaseState.OPEN


def test_later_decision_leaves_a_settled_report_alone(client: Browser, harbour: Client) -> None:
    _, secret = key(harbour)
    submission = judged(harbour)
    post(client, secret, submission, "reports", BODY)
    for label in ("real", "edited"):
        post(client, secret, submission, "decisions", {"label": label})

    assert outcomes(client, secret) == [(submission.pk, "decided", "upheld")]


def test_submission_without_a_verdict_cannot_be_reported(client: Browser, harbour: Client) -> None:
    submission = SubmissionFactory.create(client=harbour)

    answer = post(client, key(harbour)[1], submission, "reports", BODY)

    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert not Report.objects.exists()
    assert not Case.objects.exists()


@pytest.mark.parametrize("scopes", [["read"], ["decide"], ["manage"], ["learn", "models"]])
def test_key_without_submit_reports_nothing(client: Browser, harbour: Client, scopes: list[str]) -> None:
    submission = judged(harbour)

    assert post(client, key(harbour, scopes)[1], submission, "reports", BODY).status_code == 403
    assert not Report.objects.exists()


def test_key_without_read_lists_nothing(client: Browser, harbour: Client) -> None:
    assert get(client, key(harbour, ["submit"])[1], "/api/v1/reports").status_code == 403


def test_foreign_key_reports_and_sees_nothing(client: Browser, harbour: Client) -> None:
    _, foreign = key()
    submission = judged(harbour)
    post(client, key(harbour)[1], submission, "reports", BODY)

    assert post(client, foreign, submission, "reports", BODY).status_code == 404
    assert outcomes(client, foreign) == []
    assert outcomes(client, foreign, f"?submission={submission.pk}") == []
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "#/expected"),
        ({"expected": "uncertain"}, "#/expected"),
        ({"expected": ["real"]}, "#/expected"),
        ({"expected": "real", "note": "x" * 2001}, "#/note"),
        ({"expected": "real", "note": {"a": 1}}, "#/note"),
        ([1], "#"),
    ],
)
def test_impossible_report_is_422(client: Browser, harbour: Client, body: Any, pointer: str) -> None:
    answer = post(client, key(harbour)[1], judged(harbour), "reports", body)

    assert (answer.status_code, [one["pointer"] for one in answer.json()["errors"]]) == (422, [pointer])
    assert not Report.objects.exists()
    assert not Case.objects.exists()


def test_list_filters_by_state_submission_and_external_id(client: Browser, harbour: Client) -> None:
    _, secret = key(harbour)
    settled, waiting = judged(harbour, external_id="a"), judged(harbour, external_id="b")
    for submission in (settled, waiting):
        post(client, secret, submission, "reports", BODY)
    post(client, secret, settled, "decisions", {"label": "real"})

    assert [one[0] for one in outcomes(client, secret)] == [waiting.pk, settled.pk]
    assert [one[0] for one in outcomes(client, secret, "?state=open")] == [waiting.pk]
    assert [one[0] for one in outcomes(client, secret, "?state=decided")] == [settled.pk]
    assert [one[0] for one in outcomes(client, secret, "?external_id=a")] == [settled.pk]
    assert [one[0] for one in outcomes(client, secret, f"?submission={waiting.pk}")] == [waiting.pk]


@pytest.mark.parametrize("query", ["state=upheld", "colour=red", "limit=0", "external_id=%00", "outcome=upheld"])
def test_bad_query_is_422(client: Browser, harbour: Client, query: str) -> None:
    answer = get(client, key(harbour)[1], f"/api/v1/reports?{query}")

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["parameter"] == query.partition("=")[0]


def test_people_read_reports_by_their_role_and_make_none(client: Browser, harbour: Client) -> None:
    submission = judged(harbour)
    post(client, key(harbour)[1], submission, "reports", BODY)
    client.force_login(person(Role.AUDITOR), "django.contrib.auth.backends.ModelBackend")

    assert len(get(client, None, "/api/v1/reports").json()["results"]) == 1
    assert post(client, None, submission, "reports", BODY).status_code == 403
    assert Report.objects.count() == 1


def test_retry_with_the_same_idempotency_key_makes_one_report(client: Browser, harbour: Client) -> None:
    _, secret = key(harbour)
    path = f"{SUBMISSIONS}/{judged(harbour).pk}/reports"
    headers = {"authorization": f"Bearer {secret}", "idempotency-key": "r-1"}

    first, second = (
        client.post(path, '{"expected": "real"}', content_type="application/json", headers=headers) for _ in range(2)
    )

    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert second["Idempotency-Replayed"] == "true"
    assert Report.objects.count() == 1


def test_wrong_method_is_405(client: Browser, harbour: Client) -> None:
    answer = call(client, "put", "/api/v1/reports", key(harbour)[1], {})

    assert (answer.status_code, answer.json()["code"]) == (405, "method-not-allowed")
