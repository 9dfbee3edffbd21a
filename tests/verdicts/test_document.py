"""The verdict document: exactly the contract's fields, the schema's types, and no secret or address in events."""

from datetime import UTC, datetime, timedelta
from typing import Any

import jsonschema
import pytest
from django.test import Client as Browser

from foundation.times import rfc3339
from moderation.intake.models import Submission
from moderation.verdicts import document, services
from moderation.verdicts.services import Said
from tests.factories import ModelVersionFactory, SubmissionFactory, said

pytestmark = pytest.mark.django_db
RAN = {"general": "mdl_1", "face": "mdl_2", "edited": "mdl_3"}
BASE = "https://assay.example"
FIELDS: dict[str, set[str]] = {
    "": {
        "schema_version",
        "id",
        "external_id",
        "author_id",
        "metadata",
        "state",
        "created_at",
        "analysed_at",
        "image",
        "verdict",
        "decision",
        "findings",
        "provenance",
        "matches",
        "failure",
        "links",
    },
    "image": {"sha256", "media_type", "bytes", "width", "height"},
    "verdict": {"label", "action", "confidence", "decided_by", "revision", "decided_at", "policy", "reasons"},
    "decision": {"id", "label", "reason_code", "revision", "decided_at"},
    "findings": {
        "id",
        "role",
        "model",
        "label",
        "probability",
        "score",
        "thresholds",
        "box",
        "heatmap_url",
        "overlay_url",
        "caveats",
    },
    "links": {"self", "page", "appeal"},
}


def explained(probability: float = 0.97, role: str = "general", box: list[int] | None = None) -> Said:
    model = ModelVersionFactory.create(role=role, card={"caveats": ["never trained on this kind of picture"]})
    return Said(model, probability, 3.41, box, has_heatmap=True)


def queued() -> Submission:
    made: Submission = SubmissionFactory.create(external_id="post-42", metadata={"a": [1]})
    return made


def analysed() -> Submission:
    submission = queued()
    services.record_analysis(submission, [explained(), said(0.2, "face", [1, 2, 30, 40])], RAN)
    return submission


def decided() -> Submission:
    submission = analysed()
    decision = {"id": "dec_1", "label": "edited", "reason_code": None, "decided_at": "2026-11-21T09:00:00.000000Z"}
    services.revise_by_person(submission, "edited", decision, timedelta(0))
    return submission


def failed() -> Submission:
    submission = queued()
    services.record_failure(submission, "image-undecodable", "It is cut short.")
    return submission


STAGES = {"queued": queued, "analysed": analysed, "decided": decided, "failed": failed}


@pytest.mark.parametrize("stage", STAGES)
def test_document_has_exactly_the_fields_of_the_contract(stage: str) -> None:
    body = document.signed(STAGES[stage](), BASE)

    assert set(body) == FIELDS[""]
    for name, fields in FIELDS.items():
        parts = [body] if not name else body[name] if name == "findings" else [body[name]]
        for part in filter(None, parts):
            assert set(part) == fields, name


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    served: dict[str, Any] = Browser().get("/api/schema/?format=json").json()
    return {"$ref": "#/components/schemas/DocumentSchema", "components": served["components"]}


@pytest.mark.parametrize("stage", STAGES)
def test_document_is_what_the_published_schema_promises(stage: str, schema: dict[str, Any]) -> None:
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())

    faults = [
        f"{error.json_path}: {error.message}" for error in validator.iter_errors(document.signed(STAGES[stage](), BASE))
    ]

    assert faults == []


def test_schema_requires_every_field(schema: dict[str, Any]) -> None:
    assert set(schema["components"]["schemas"]["DocumentSchema"]["required"]) == FIELDS[""]


def test_schema_says_that_a_submission_carries_a_file(schema: dict[str, Any]) -> None:
    form = schema["components"]["schemas"]["SubmissionUploadRequest"]

    assert form["required"] == ["file"]
    assert (form["properties"]["file"]["type"], form["properties"]["file"]["format"]) == ("string", "binary")


def test_verdict_is_null_until_analysed_and_failure_until_failed() -> None:
    waiting, judged, broken = (document.signed(made(), BASE) for made in (queued, analysed, failed))

    assert (waiting["state"], waiting["verdict"], waiting["analysed_at"]) == ("queued", None, None)
    assert (judged["state"], judged["failure"], judged["decision"]) == ("analysed", None, None)
    assert (broken["state"], broken["verdict"]) == ("failed", None)
    assert (broken["failure"]["code"], broken["failure"]["status"]) == ("image-undecodable", 422)
    assert broken["failure"]["type"] == f"{BASE}/problems/image-undecodable"


def test_person_that_decided_stands_in_the_document_without_a_confidence() -> None:
    body = document.signed(decided(), BASE)

    assert body["verdict"]["decided_by"] == "person"
    assert (body["verdict"]["confidence"], body["verdict"]["revision"]) == (None, 2)
    assert body["decision"]["id"] == "dec_1"


def test_finding_names_model_thresholds_and_caveats() -> None:
    face, general = document.signed(analysed(), BASE)["findings"]

    assert (general["probability"], general["score"], general["label"]) == (0.97, 3.41, "ai_generated")
    assert general["model"] == {"name": "general", "version": "1.0.0"}
    assert general["thresholds"] == {"review": 0.5, "label": 0.82, "block": None}
    assert general["caveats"] == ["never trained on this kind of picture"]
    assert (face["box"], face["heatmap_url"], face["overlay_url"]) == ([1, 2, 30, 40], None, None)


def test_links_to_pictures_are_signed_for_readers_and_plain_in_events() -> None:
    submission = analysed()

    (shown,) = [one for one in document.signed(submission, BASE)["findings"] if one["role"] == "general"]
    (told,) = [one for one in document.frozen(submission)["findings"] if one["role"] == "general"]

    path = f"/api/v1/submissions/{submission.pk}/heatmaps/{told['id']}.png"
    assert told["heatmap_url"] == path
    assert shown["heatmap_url"].startswith(f"{BASE}{path}?expires=")
    assert "signature=" in shown["overlay_url"]


@pytest.mark.parametrize(("characters", "truncated"), [(100, False), (15_500, True)])
def test_event_over_20_kb_leaves_the_findings_out_and_says_so(characters: int, truncated: bool) -> None:
    submission = SubmissionFactory.create(metadata={"a": "x" * characters})
    faces = [explained(0.9, "face", [0, 0, 10, 10])] * 12

    services.record_analysis(submission, faces, RAN)

    told = document.frozen(submission)
    assert told.get("truncated", False) is truncated
    assert ("findings" in told) is not truncated
    assert told["verdict"]["label"] == "ai_generated"
    assert len(document.signed(submission, BASE)["findings"]) == 12


def test_times_are_utc_to_the_microsecond() -> None:
    assert rfc3339(datetime(2026, 11, 21, 9, 0, tzinfo=UTC)) == "2026-11-21T09:00:00.000000Z"
    assert rfc3339(None) is None


def test_many_faces_are_numbered_in_the_order_of_their_identifiers() -> None:
    submission = SubmissionFactory.create()
    faces = [said(0.9 - place / 100, "face", [place, 0, 10, 10]) for place in range(12)]

    services.record_analysis(submission, faces, RAN)

    body = document.signed(submission, BASE)
    assert [one["box"][0] for one in body["findings"]] == list(range(12))
    assert body["verdict"]["reasons"][0]["text"].startswith("The face model, face 1 of 12, puts 90 %")
