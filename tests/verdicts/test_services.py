"""Findings, revisions and their events are one fact."""

from datetime import timedelta

import pytest
from django.utils import timezone

from moderation.events.models import Event
from moderation.intake.models import State
from moderation.verdicts import policies, services
from moderation.verdicts.models import Finding, Verdict
from tests.factories import SubmissionFactory, said

pytestmark = pytest.mark.django_db
RAN = {"general": "mdl_1", "face": "mdl_2", "edited": "mdl_3"}
DECISION = {"id": "dec_1", "label": "edited", "reason_code": None, "decided_at": "2026-11-21T09:00:00.000000Z"}


def test_analysis_writes_findings_verdict_state_and_event() -> None:
    submission = SubmissionFactory.create()

    findings = services.record_analysis(submission, [said(0.9), said(0.2, "edited")], RAN)

    assert [(one.role, one.label) for one in findings] == [("general", "ai_generated"), ("edited", "real")]
    verdict = Verdict.objects.get()
    assert (verdict.label, verdict.action, verdict.revision) == ("ai_generated", "label", 1)
    assert (verdict.confidence, verdict.roles_run) == (0.9, RAN)
    assert submission.state == State.ANALYSED
    event = Event.objects.get()
    assert (event.type, event.subject, event.client) == ("submission.analysed", submission.pk, submission.client)
    assert event.body["data"]["verdict"]["label"] == "ai_generated"
    assert event.body["data"]["state"] == "analysed"


def test_second_analysis_of_a_submission_changes_nothing() -> None:
    submission = SubmissionFactory.create()
    services.record_analysis(submission, [said(0.9)], RAN)

    assert services.record_analysis(submission, [said(0.1)], RAN) == []

    assert Finding.objects.get().probability == 0.9
    assert Event.objects.count() == 1


def test_failure_is_told_with_its_problem_and_no_verdict() -> None:
    submission = SubmissionFactory.create()

    assert services.record_failure(submission, "image-undecodable", "It is cut short.") is True
    assert services.record_failure(submission, "internal", "again") is False

    assert submission.state == State.FAILED
    assert submission.failure is not None
    assert submission.failure["code"] == "image-undecodable"
    assert not Verdict.objects.exists()
    assert [event.type for event in Event.objects.all()] == ["submission.failed"]


def test_person_revises_at_once_and_the_event_waits() -> None:
    submission = SubmissionFactory.create()
    services.record_analysis(submission, [said(0.9)], RAN)

    verdict, event = services.revise_by_person(submission, "edited", DECISION, timedelta(seconds=30))

    assert (verdict.revision, verdict.label, verdict.action, verdict.confidence) == (2, "edited", "label", None)
    assert Verdict.objects.get(is_current=True) == verdict
    assert event.type == "verdict.revised"
    assert event.not_before > timezone.now() + timedelta(seconds=25)
    assert event.body["data"]["decision"] == {**DECISION, "revision": 2}
    assert event.body["data"]["verdict"]["revision"] == 2


def test_verdict_names_the_policy_version_of_its_time() -> None:
    submission = SubmissionFactory.create()
    first = policies.default_version()
    services.record_analysis(submission, [said(0.9)], RAN)
    policies.change(
        first.policy,
        thresholds={"general": {"review": 0.91, "label": 0.95, "block": None}},
        required_roles=[],
        actions=policies.DEFAULT_ACTIONS,
        actor="test",
    )

    verdict = Verdict.objects.get()
    assert (verdict.policy_version, verdict.label) == (first, "ai_generated")


def test_restore_is_a_further_revision_and_says_nothing_when_nothing_was_told() -> None:
    submission = SubmissionFactory.create()
    services.record_analysis(submission, [said(0.9)], RAN)
    services.revise_by_person(submission, "real", DECISION, timedelta(seconds=30))

    verdict = services.restore(submission, 1, untold=True)

    assert verdict is not None
    assert (verdict.revision, verdict.label, verdict.decided_by, verdict.decision) == (
        3,
        "ai_generated",
        "policy",
        None,
    )
    assert (verdict.confidence, verdict.reasons[0]["code"]) == (0.9, "decision_undone")
    assert Event.objects.filter(type="verdict.revised").count() == 1


def test_restore_after_the_telling_is_told_too() -> None:
    submission = SubmissionFactory.create()
    services.record_analysis(submission, [said(0.9)], RAN)
    services.revise_by_person(submission, "real", DECISION, timedelta(0))

    services.restore(submission, 1, untold=False)

    assert Event.objects.filter(type="verdict.revised").count() == 2
