"""What events tell of cases, appeals and models is what OpenAPI's webhooks promise, and thin."""

import json
from typing import Any

import jsonschema
import pytest
from django.test import Client as Browser

from moderation.clients.models import Client, Role
from moderation.events.models import Event
from moderation.intake.models import Submission
from moderation.registry import services as registry
from moderation.registry.models import ModelState
from moderation.review import objections, services
from moderation.review.consumer import open_cases
from moderation.review.models import Case
from moderation.review.services import Choice
from moderation.verdicts import services as verdicts
from tests.factories import ClientFactory, ModelVersionFactory, SubmissionFactory, key, person, said
from tests.review.api_for_tests import RAN, judged

pytestmark = pytest.mark.django_db
LARGEST = 20_000


@pytest.fixture(scope="module")
def published() -> dict[str, Any]:
    served: dict[str, Any] = Browser().get("/api/schema/?format=json").json()
    return served


@pytest.fixture
def harbour() -> Client:
    made: Client = ClientFactory.create()
    return made


def faults(published: dict[str, Any], body: dict[str, Any]) -> list[str]:
    content = published["webhooks"][body["type"]]["post"]["requestBody"]["content"]["application/json"]
    schema = {**content["schema"], "components": published["components"]}
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(body)]


def recorded(type_: str) -> dict[str, Any]:
    body: dict[str, Any] = Event.objects.get(type=type_).body
    return body


def test_case_escalated(published: dict[str, Any], harbour: Client) -> None:
    submission = judged(harbour, 0.6)
    services.escalate(Case.objects.get(submission=submission).pk, person(Role.MODERATOR), "look")

    assert faults(published, recorded("case.escalated")) == []


def test_case_of_a_failed_analysis_is_told_without_a_verdict(published: dict[str, Any], harbour: Client) -> None:
    submission = SubmissionFactory.create(client=harbour)
    verdicts.record_failure(submission, "internal", "three times")
    open_cases([Event.objects.get()])
    services.escalate(Case.objects.get().pk, person(Role.MODERATOR))

    body = recorded("case.escalated")
    assert body["data"]["verdict"] is None
    assert faults(published, body) == []


def test_appeal_opened_and_decided(published: dict[str, Any], harbour: Client) -> None:
    submission = judged(harbour)
    objections.appeal(submission, key(harbour)[0], "mine")
    services.decide(Case.objects.get().pk, person(Role.MODERATOR), Choice("real"))

    for type_ in ("appeal.opened", "appeal.decided"):
        assert faults(published, recorded(type_)) == [], type_


def test_revision_by_a_key(published: dict[str, Any], harbour: Client) -> None:
    submission = judged(harbour)
    services.decide_submission(submission, key(harbour)[0], Choice("edited", "other"))

    body = recorded("verdict.revised")
    assert body["data"]["decision"]["revision"] == body["data"]["verdict"]["revision"] == 2
    assert faults(published, body) == []


def test_model_promoted(published: dict[str, Any], harbour: Client) -> None:
    registry.promote(ModelVersionFactory.create(state=ModelState.CHALLENGER), actor="test")

    assert faults(published, recorded("model.promoted")) == []


def test_appeal_against_a_picture_of_many_faces_is_thin(harbour: Client) -> None:
    submission: Submission = SubmissionFactory.create(client=harbour, external_id="\U0001f600" * 200)
    verdicts.record_analysis(submission, [said(0.9, "face", [n, 0, 10, 10]) for n in range(32)], RAN)

    objections.appeal(submission, key(harbour)[0], "\U0001f600" * 4000)

    body = recorded("appeal.opened")
    assert len(body["data"]["verdict"]["reasons"]) == 32
    assert len(json.dumps(body).encode()) < LARGEST
