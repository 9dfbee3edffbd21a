"""OpenAPI's webhooks: one for each type, and what is sent is what they promise."""

from typing import Any

import jsonschema
import pytest
from django.test import Client as Browser

from moderation.events.models import Event
from moderation.verdicts import services as verdicts
from moderation.webhooks import replays, services
from moderation.webhooks.event_types import EventType
from tests.factories import SubmissionFactory, said
from tests.webhooks import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def published() -> dict[str, Any]:
    served: dict[str, Any] = Browser().get("/api/schema/?format=json").json()
    return served


def validator(published: dict[str, Any], type_: str) -> jsonschema.Draft202012Validator:
    content = published["webhooks"][type_]["post"]["requestBody"]["content"]
    schema = {**content["application/json"]["schema"], "components": published["components"]}
    return jsonschema.Draft202012Validator(schema)


def faults(published: dict[str, Any], body: dict[str, Any]) -> list[str]:
    return [fault.message for fault in validator(published, body["type"]).iter_errors(body)]


def test_every_type_is_published_and_no_other(published: dict[str, Any]) -> None:
    assert set(published["webhooks"]) == set(EventType.values)


def test_each_says_how_it_is_signed_and_what_counts_as_received(published: dict[str, Any]) -> None:
    for told in published["webhooks"].values():
        assert "webhook-signature" in told["post"]["description"]
        assert list(told["post"]["responses"]) == ["2XX"]


def test_a_body_of_another_type_is_not_what_is_promised(published: dict[str, Any]) -> None:
    endpoint = factories.endpoint()
    body = replays.test(endpoint, actor="test").event.body
    assert not validator(published, "submission.analysed").is_valid(body)


def test_a_ping_is_what_is_promised(published: dict[str, Any]) -> None:
    assert faults(published, replays.test(factories.endpoint(), actor="test").event.body) == []


def test_a_disabled_endpoint_is_told_as_promised(published: dict[str, Any]) -> None:
    services.give_up(factories.endpoint(), "The endpoint answered 410 Gone.")
    assert faults(published, Event.objects.get().body) == []


@pytest.mark.parametrize("metadata", [{}, {"note": "x" * 15_000}])
def test_a_judged_submission_is_told_as_promised(published: dict[str, Any], metadata: dict[str, str]) -> None:
    submission = SubmissionFactory.create(metadata=metadata)
    many = [said(0.97, "general"), *(said(0.4, "face", [1, 2, 30, 40]) for _ in range(30))]
    verdicts.record_analysis(submission, many, {"general": "mdl_1", "face": "mdl_2"})
    body = Event.objects.get(type="submission.analysed").body
    assert faults(published, body) == []


def test_a_failed_submission_is_told_as_promised(published: dict[str, Any]) -> None:
    verdicts.record_failure(SubmissionFactory.create(), "image-undecodable", "It is cut short.")
    assert faults(published, Event.objects.get(type="submission.failed").body) == []
