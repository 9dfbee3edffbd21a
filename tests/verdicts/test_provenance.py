"""What a file says of its origin: recorded with the verdict, told in the document, and deciding only where it may."""

from typing import Any

import jsonschema
import pytest
from django.db import transaction
from django.test import Client as Browser

from moderation.events.models import Event
from moderation.intake.models import Submission
from moderation.verdicts import document, policies, services
from moderation.verdicts.models import PolicyVersion, Provenance, Verdict
from moderation.verdicts.provenance import Examined
from tests.factories import SubmissionFactory, key, said, told

pytestmark = pytest.mark.django_db
RAN = {"general": "mdl_1", "face": "mdl_2", "edited": "mdl_3"}
BASE = "https://assay.example"
SIGNED = told("signed", "ai_generated", "c2pa", issuer="Studio")


def recorded(*found: Any, probability: float = 0.1) -> Submission:
    submission: Submission = SubmissionFactory.create()
    services.record_analysis(submission, [said(probability)], RAN, Examined(list(found), "digest"))
    return submission


def believing(**changes: Any) -> PolicyVersion:
    first = policies.default_version()
    rules: dict[str, Any] = {
        "thresholds": first.thresholds,
        "required_roles": first.required_roles,
        "actions": first.actions,
        "believe_signed_ai": True,
        **changes,
    }
    return policies.change(first.policy, **rules, actor="test")


def test_findings_are_kept_with_the_trust_list_of_their_time() -> None:
    submission = recorded(SIGNED)
    row = Provenance.objects.get()
    assert (row.submission, row.findings, row.trust_list) == (submission, [SIGNED], "digest")


def test_document_tells_them_and_follows_the_published_schema() -> None:
    body = document.signed(recorded(SIGNED, told()), BASE)
    assert body["provenance"] == [SIGNED, told()]
    served = Browser().get("/api/schema/?format=json").json()
    schema = {"$ref": "#/components/schemas/DocumentSchema", "components": served["components"]}
    assert list(jsonschema.Draft202012Validator(schema).iter_errors(body)) == []


def test_event_of_the_analysis_tells_them_too() -> None:
    recorded(SIGNED)
    assert Event.objects.get().body["data"]["provenance"] == [SIGNED]


def test_nothing_found_and_not_examined_are_both_an_empty_list() -> None:
    nothing = recorded()
    unexamined = SubmissionFactory.create()
    services.record_analysis(unexamined, [said(0.1)], RAN)
    assert document.signed(nothing, BASE)["provenance"] == []
    assert document.signed(unexamined, BASE)["provenance"] == []
    assert list(Provenance.objects.values_list("submission", flat=True)) == [nothing.pk]


def test_list_brings_them_without_a_query_for_each(client: Browser, django_assert_num_queries: Any) -> None:
    owner, secret = key()
    for _ in range(3):
        submission = SubmissionFactory.create(client=owner.client)
        services.record_analysis(submission, [said(0.1)], RAN, Examined([SIGNED]))
    rows = document.complete(Submission.objects.select_related("image", "client"))
    with django_assert_num_queries(4):
        assert [document.signed(row, BASE)["provenance"] for row in rows] == [[SIGNED]] * 3
    listed = client.get("/api/v1/submissions", headers={"authorization": f"Bearer {secret}"}).json()["results"]
    assert [one["provenance"] for one in listed] == [[SIGNED]] * 3


def test_second_analysis_leaves_the_first_findings_alone() -> None:
    submission = recorded(SIGNED)
    services.record_analysis(submission, [said(0.1)], RAN, Examined([]))
    assert Provenance.objects.get().findings == [SIGNED]


def test_default_policy_lets_no_manifest_decide() -> None:
    recorded(SIGNED)
    verdict = Verdict.objects.get()
    assert (verdict.label, verdict.action) == ("real", "allow")
    assert [reason["code"] for reason in verdict.reasons] == ["all_below_review"]


def test_policy_that_believes_signers_names_the_manifest_as_its_reason() -> None:
    believing()
    recorded(SIGNED)
    verdict = Verdict.objects.get()
    assert (verdict.label, verdict.action, verdict.confidence) == ("ai_generated", "label", None)
    assert verdict.reasons == [
        {
            "code": "signed_ai_manifest",
            "text": "c2pa says ai_generated. This policy believes signers on the trust list.",
        }
    ]


def test_believed_manifest_stands_before_what_the_models_said() -> None:
    believing()
    recorded(SIGNED, probability=0.9)
    verdict = Verdict.objects.get()
    assert (verdict.label, verdict.confidence) == ("ai_generated", 0.9)
    assert [reason["code"] for reason in verdict.reasons] == ["signed_ai_manifest", "general_above_label"]


def test_believed_manifest_makes_no_action_milder() -> None:
    believing(thresholds={"general": {"review": 0.2, "label": 0.3, "block": 0.4}})
    recorded(SIGNED, probability=0.9)
    assert Verdict.objects.get().action == "block"


@pytest.mark.parametrize(
    "found",
    [
        told("forgeable", "ai_generated", "c2pa"),
        told("forgeable", "ai_generated", "iptc"),
        told("forgeable", "ai_generated", "generator_text"),
        told("signed_untrusted", "ai_generated", "c2pa"),
        told("signed", "camera", "c2pa"),
        told("signed", "edited", "c2pa"),
        told("signed", "nothing", "c2pa"),
    ],
)
def test_nothing_else_ever_decides(found: Any) -> None:
    believing()
    recorded(found)
    verdict = Verdict.objects.get()
    assert (verdict.label, verdict.action, verdict.confidence) == ("real", "allow", 0.9)


def test_signed_camera_clears_nothing() -> None:
    believing()
    recorded(told("signed", "camera", "c2pa"), probability=0.9)
    assert Verdict.objects.get().label == "ai_generated"


def test_policy_is_not_believing_unless_it_says_so() -> None:
    believing()
    first = policies.default_version()
    unsaid = {name: getattr(first, name) for name in ("thresholds", "required_roles", "actions")}
    assert policies.change(first.policy, **unsaid, actor="test").believe_signed_ai is False


def test_erasing_a_submission_erases_what_its_file_said() -> None:
    submission = recorded(SIGNED)
    with transaction.atomic():
        Event.objects.all().delete()
        Submission.objects.filter(pk=submission.pk).delete()
    assert not Provenance.objects.exists()
