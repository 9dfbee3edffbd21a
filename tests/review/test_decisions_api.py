"""Decisions by API: at once by a key, held and undoable by a person, and nothing changed by a refusal."""

import json
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from django.utils import timezone

from foundation.problems import Problem
from moderation.audit.models import Entry
from moderation.clients.models import Client, Role
from moderation.events import services as events
from moderation.events.models import Event
from moderation.review import services
from moderation.review.models import Case, CaseState, Decision
from moderation.verdicts import services as verdicts
from moderation.verdicts.models import Verdict
from tests.factories import ClientFactory, SubmissionFactory, key, person, said
from tests.review.api_for_tests import SUBMISSIONS, call, due, get, judged, post, standing, told

pytestmark = pytest.mark.django_db
BODY = {"label": "edited", "reason_code": "visual_artifacts", "note": "a seam at the collar"}


@pytest.fixture
def harbour() -> Client:
    made: Client = ClientFactory.create()
    return made


def test_key_decides_and_the_verdict_is_revised_and_told_at_once(client: Browser, harbour: Client) -> None:
    made, secret = key(harbour, ["decide", "read"])
    submission = judged(harbour)

    answer = post(client, secret, submission, "decisions", BODY)

    assert answer.status_code == 201
    body = answer.json()
    decision = Decision.objects.get()
    assert body == {
        "id": decision.pk,
        "submission": submission.pk,
        "label": "edited",
        "reason_code": "visual_artifacts",
        "note": "a seam at the collar",
        "by": "key",
        "revision": 2,
        "decided_at": body["decided_at"],
        "undone_at": None,
    }
    assert answer["Location"] == f"http://testserver{SUBMISSIONS}/{submission.pk}/decisions"
    assert (decision.key, decision.person, decision.case) == (made, None, None)
    assert (standing(submission).label, standing(submission).decided_by) == ("edited", "person")
    assert told(submission) == ["submission.analysed", "verdict.revised"]
    assert due(submission, "verdict.revised").not_before <= timezone.now()
    shown = get(client, secret, f"{SUBMISSIONS}/{submission.pk}").json()
    assert shown["decision"]["id"] == decision.pk
    assert shown["verdict"]["revision"] == 2


def test_decision_by_key_is_logged_with_what_was_seen_but_not_its_note(client: Browser, harbour: Client) -> None:
    made, secret = key(harbour, ["decide"])
    submission = judged(harbour)

    post(client, secret, submission, "decisions", BODY)

    entry = Entry.objects.get(action="decision.made")
    assert (entry.actor, entry.object_id) == (f"key:{made.pk}", submission.pk)
    assert (entry.data["seen"]["revision"], entry.data["revision"]) == (1, 2)
    assert [one["probability"] for one in entry.data["seen"]["findings"]] == [0.9]
    assert "seam" not in str(entry.data)


def test_decision_by_key_closes_the_open_case(client: Browser, harbour: Client) -> None:
    submission = judged(harbour, 0.6)

    post(client, key(harbour, ["decide"])[1], submission, "decisions", {"label": "real"})

    case = Case.objects.get()
    assert (case.state, Decision.objects.get().case) == (CaseState.DECIDED, case)
    assert case.decided_at is not None
    assert Entry.objects.filter(action="case.decided", object_id=case.pk).exists()


def test_no_case_opens_for_what_a_key_decided_before_its_event_was_handed_on(client: Browser, harbour: Client) -> None:
    submission = SubmissionFactory.create(client=harbour)
    verdicts.record_analysis(submission, [said(0.6)], {"general": "mdl_1", "face": "mdl_2", "edited": "mdl_3"})
    post(client, key(harbour, ["decide"])[1], submission, "decisions", {"label": "real"})

    assert events.dispatch_due() == 2

    assert not Case.objects.exists()


def test_key_may_decide_again_and_each_is_a_revision(client: Browser, harbour: Client) -> None:
    _, secret = key(harbour, ["decide"])
    submission = judged(harbour, 0.6)

    revisions = [
        post(client, secret, submission, "decisions", {"label": label}).json()["revision"]
        for label in ("real", "ai_generated", "cannot_tell")
    ]

    assert revisions == [2, 3, 4]
    assert (standing(submission).label, standing(submission).action) == ("uncertain", "review")
    assert Case.objects.get().state == CaseState.DECIDED


def test_failed_submission_can_be_decided_by_key(client: Browser, harbour: Client) -> None:
    submission = SubmissionFactory.create(client=harbour)
    verdicts.record_failure(submission, "internal", "three times")

    answer = post(client, key(harbour, ["decide"])[1], submission, "decisions", {"label": "real"})

    assert (answer.status_code, answer.json()["revision"]) == (201, 1)
    assert standing(submission).label == "real"


def test_submission_under_way_cannot_be_decided_yet(client: Browser, harbour: Client) -> None:
    submission = SubmissionFactory.create(client=harbour)

    answer = post(client, key(harbour, ["decide"])[1], submission, "decisions", {"label": "real"})

    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert not Decision.objects.exists()
    assert not Verdict.objects.exists()


def test_submission_whose_picture_could_not_be_fetched_cannot_be_decided(client: Browser, harbour: Client) -> None:
    submission = SubmissionFactory.create(client=harbour, image=None)
    verdicts.record_failure(submission, "url-unreachable", "The name does not resolve.")

    answer = post(client, key(harbour)[1], submission, "decisions", {"label": "real"})

    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert not Decision.objects.exists()
    assert not Verdict.objects.exists()


@pytest.mark.parametrize("scopes", [["submit"], ["read"], ["manage"], ["learn"], ["models"], []])
def test_key_without_the_scope_is_403_and_changes_nothing(client: Browser, harbour: Client, scopes: list[str]) -> None:
    submission = judged(harbour)

    answer = post(client, key(harbour, scopes)[1], submission, "decisions", BODY)

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert not Decision.objects.exists()
    assert standing(submission).revision == 1


def test_foreign_key_is_404_as_for_what_never_was_and_changes_nothing(client: Browser, harbour: Client) -> None:
    submission = judged(harbour, 0.6)
    _, foreign = key()

    theirs = post(client, foreign, submission, "decisions", BODY)
    absent = call(client, "post", f"{SUBMISSIONS}/sub_absent/decisions", foreign, BODY)
    listed = get(client, foreign, f"{SUBMISSIONS}/{submission.pk}/decisions")

    assert (theirs.status_code, absent.status_code, listed.status_code) == (404, 404, 404)
    assert theirs.json()["detail"] == absent.json()["detail"]
    assert not Decision.objects.exists()
    assert Case.objects.get().state == CaseState.OPEN
    assert told(submission) == ["submission.analysed"]


def test_caller_without_a_key_is_401(client: Browser, harbour: Client) -> None:
    answer = post(client, None, judged(harbour), "decisions", BODY)

    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "#/label"),
        ({"label": "fake"}, "#/label"),
        ({"label": "uncertain"}, "#/label"),
        ({"label": None}, "#/label"),
        ({"label": ["real"]}, "#/label"),
        ({"label": {"a": 1}}, "#/label"),
        ({"label": True}, "#/label"),
        ({"label": "real", "reason_code": "because"}, "#/reason_code"),
        ({"label": "real", "reason_code": ["other"]}, "#/reason_code"),
        ({"label": "real", "reason_code": 7}, "#/reason_code"),
        ({"label": "real", "note": "x" * 2001}, "#/note"),
        ({"label": "real", "note": 7}, "#/note"),
        ({"label": "real", "note": None}, "#/note"),
        ({"label": "real", "note": ["a"]}, "#/note"),
        ({"label": "real", "note": "a\x00b"}, "#/note"),
        ([], "#"),
        ("text", "#"),
        (7, "#"),
        (None, "#"),
    ],
)
def test_impossible_decision_is_422_with_its_pointer(client: Browser, harbour: Client, body: Any, pointer: str) -> None:
    submission = judged(harbour)

    answer = post(client, key(harbour)[1], submission, "decisions", json.dumps(body))

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert not Decision.objects.exists()


@pytest.mark.parametrize("body", [b"{", b"", b"\xff\xfe", b'{"label": NaN}', b'{"note": "\\ud800"}', b"[" * 100_000])
def test_body_that_is_no_json_changes_nothing(client: Browser, harbour: Client, body: bytes) -> None:
    submission = judged(harbour)

    answer = post(client, key(harbour)[1], submission, "decisions", body)

    assert answer.status_code in {400, 422}
    assert answer["Content-Type"] == "application/problem+json"
    assert not Decision.objects.exists()


def test_form_is_415(client: Browser, harbour: Client) -> None:
    submission = judged(harbour)
    headers = {"authorization": f"Bearer {key(harbour)[1]}"}

    answer = client.post(f"{SUBMISSIONS}/{submission.pk}/decisions", {"label": "real"}, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-media-type")
    assert not Decision.objects.exists()


def test_reason_may_be_null_and_the_note_left_out(client: Browser, harbour: Client) -> None:
    submission = judged(harbour)

    body = post(client, key(harbour)[1], submission, "decisions", {"label": "real", "reason_code": None}).json()

    assert (body["reason_code"], body["note"]) == (None, "")


def test_list_has_every_decision_the_newest_first_also_what_was_undone(client: Browser, harbour: Client) -> None:
    _, secret = key(harbour)
    moderator = person(Role.MODERATOR)
    submission = judged(harbour, 0.6)
    services.undo(services.decide(Case.objects.get().pk, moderator, services.Choice("real")).pk, moderator)
    post(client, secret, submission, "decisions", BODY)

    page = get(client, secret, f"{SUBMISSIONS}/{submission.pk}/decisions").json()

    assert set(page) == {"results", "next", "previous"}
    assert [(one["by"], one["label"], one["revision"]) for one in page["results"]] == [
        ("key", "edited", 4),
        ("person", "real", 2),
    ]
    assert page["results"][0]["undone_at"] is None
    assert page["results"][1]["undone_at"].endswith("Z")


def test_list_knows_no_filter_and_pages(client: Browser, harbour: Client) -> None:
    _, secret = key(harbour)
    submission = judged(harbour)
    for label in ("real", "edited", "ai_generated"):
        post(client, secret, submission, "decisions", {"label": label})
    path = f"{SUBMISSIONS}/{submission.pk}/decisions"

    first = get(client, secret, f"{path}?limit=2").json()
    second = get(client, secret, first["next"]).json()

    assert [one["label"] for one in first["results"]] == ["ai_generated", "edited"]
    assert [one["label"] for one in second["results"]] == ["real"]
    for query in ("label=real", "limit=0", "limit=x", "colour=%00"):
        answer = get(client, secret, f"{path}?{query}")
        assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, query.partition("=")[0])


def test_moderator_decides_by_session_and_can_undo_without_a_case(client: Browser, harbour: Client) -> None:
    moderator = person(Role.MODERATOR)
    client.force_login(moderator, "django.contrib.auth.backends.ModelBackend")
    submission = judged(harbour)

    body = post(client, None, submission, "decisions", {"label": "real"}).json()

    assert (body["by"], standing(submission).label) == ("person", "real")
    assert due(submission, "verdict.revised").not_before > timezone.now()
    services.undo(body["id"], moderator)
    assert (standing(submission).label, standing(submission).revision) == ("ai_generated", 3)
    assert due(submission, "verdict.revised").retracted_at is not None
    assert not Case.objects.exists()


def test_session_decides_an_open_case_once(client: Browser, harbour: Client) -> None:
    client.force_login(person(Role.MODERATOR), "django.contrib.auth.backends.ModelBackend")
    submission = judged(harbour, 0.6)

    first = post(client, None, submission, "decisions", {"label": "real"})
    second = post(client, None, submission, "decisions", {"label": "edited"})

    assert (first.status_code, second.status_code) == (201, 409)
    assert (Case.objects.get().state, standing(submission).label) == (CaseState.DECIDED, "real")


@pytest.mark.parametrize("role", [None, Role.VIEWER, Role.AUDITOR])
def test_session_of_others_decides_nothing(client: Browser, harbour: Client, role: Role | None) -> None:
    client.force_login(person(role), "django.contrib.auth.backends.ModelBackend")
    submission = judged(harbour)

    assert post(client, None, submission, "decisions", {"label": "real"}).status_code == 403
    assert not Decision.objects.exists()


def test_session_without_its_csrf_token_is_refused(harbour: Client) -> None:
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(person(Role.MODERATOR), "django.contrib.auth.backends.ModelBackend")

    answer = post(browser, None, judged(harbour), "decisions", {"label": "real"})

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert not Decision.objects.exists()


def test_decision_that_a_later_one_replaced_cannot_be_undone(client: Browser, harbour: Client) -> None:
    moderator = person(Role.MODERATOR)
    submission = judged(harbour, 0.6)
    held = services.decide(Case.objects.get().pk, moderator, services.Choice("real"))
    assert isinstance(held, Decision)
    post(client, key(harbour)[1], submission, "decisions", {"label": "edited"})

    with pytest.raises(Problem, match="conflict"):
        services.undo(held.pk, moderator)

    assert standing(submission).label == "edited"
    held.refresh_from_db()
    assert held.undone_at is None
    assert Event.objects.get(pk=held.event_id).retracted_at is None


def test_decision_is_by_a_person_or_by_a_key_never_both_or_none(harbour: Client) -> None:
    made, _ = key(harbour)
    submission = judged(harbour)
    common = {"submission": submission, "label": "real", "revision": 2, "event_id": "evt_1"}

    for deciders in ({}, {"person": person(), "key": made}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Decision.objects.create(**common, **deciders)
