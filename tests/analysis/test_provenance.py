"""The worker reads what each file says of its origin, with the real signals, and no such file harms another."""

from pathlib import Path
from typing import Any

import pytest

from moderation.analysis import services
from moderation.clients.models import Client
from moderation.intake.models import Source, State, Submission
from moderation.intake.services import Particulars, submit
from moderation.registry.services import register_shipped
from moderation.verdicts import document, policies
from moderation.verdicts.models import Finding, Provenance, Verdict
from tests.detector.provenance.files import chunk, packed_text, png, text
from tests.detector.provenance.signing import Authority, authority, signed
from tests.factories import ClientFactory, picture

pytestmark = pytest.mark.django_db
SETTINGS = "Steps: 20, Sampler: Euler a, Seed: 1, Size: 64x48"
BOMB = packed_text("parameters", b"a" * 60_000_000) + chunk(b"caBX", b"\x00\x00\x00\x04jumbc2pa" * 50)


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.ANALYSIS_THREADS = 1


@pytest.fixture
def client() -> Client:
    register_shipped()
    made: Client = ClientFactory.create()
    return made


@pytest.fixture(scope="module")
def studio() -> Authority:
    return authority("Studio")


def send(client: Client, data: bytes) -> Submission:
    return submit(client, data, Particulars(source=Source.API))


def told(submission: Submission) -> list[tuple[str, str, str]]:
    submission = Submission.objects.select_related("image", "provenance").get(pk=submission.pk)
    body = document.signed(submission, "https://assay.example")
    return [(one["kind"], one["trust"], one["suggests"]) for one in body["provenance"]]


def test_findings_are_recorded_for_each_image_of_a_batch(client: Client, studio: Authority) -> None:
    plain = send(client, picture())
    generated = send(client, png(text("parameters", SETTINGS)))
    manifest = send(client, signed(studio))

    assert services.analyse_waiting() == 3

    assert told(plain) == []
    assert told(generated) == [("generator_text", "forgeable", "ai_generated")]
    assert told(manifest) == [("c2pa", "signed_untrusted", "ai_generated")]
    assert Provenance.objects.count() == 3


def test_hostile_metadata_fails_no_image_and_none_of_its_neighbours(client: Client) -> None:
    hostile, neighbour = send(client, png(BOMB)), send(client, png(text("parameters", SETTINGS)))

    services.analyse_waiting()

    for submission in (hostile, neighbour):
        submission.refresh_from_db()
        assert submission.state == State.ANALYSED
    assert all(suggests == "nothing" for _, _, suggests in told(hostile))
    assert told(neighbour) == [("generator_text", "forgeable", "ai_generated")]


def test_signer_on_the_sites_list_is_believed_by_a_policy_that_says_so(
    client: Client, studio: Authority, settings: Any
) -> None:
    settings.C2PA_TRUST_ANCHORS = studio.trusted.pem
    first = policies.default_version()
    rules = {name: getattr(first, name) for name in ("thresholds", "required_roles", "actions")}
    policies.change(first.policy, **rules, believe_signed_ai=True, actor="test")
    submission = send(client, signed(studio))

    services.analyse_waiting()

    assert told(submission) == [("c2pa", "signed", "ai_generated")]
    verdict = Verdict.objects.get()
    assert (verdict.label, verdict.reasons[0]["code"]) == ("ai_generated", "signed_ai_manifest")
    assert "Studio, who is on the trust list" in verdict.reasons[0]["text"]


def test_same_bytes_again_say_the_same_of_their_origin(client: Client) -> None:
    data = png(text("parameters", SETTINGS))
    first = send(client, data)
    services.analyse_waiting()

    again = send(client, data)
    services.analyse_waiting()

    assert told(again) == told(first) != []


def test_another_trust_list_asks_for_another_look(client: Client, studio: Authority, settings: Any) -> None:
    data = signed(studio)
    first = send(client, data)
    services.analyse_waiting()
    settings.C2PA_TRUST_ANCHORS = studio.trusted.pem

    again = send(client, data)
    services.analyse_waiting()

    assert (told(first)[0][1], told(again)[0][1]) == ("signed_untrusted", "signed")


def test_image_of_before_provenance_was_read_is_looked_at_anew(client: Client) -> None:
    data = png(text("parameters", SETTINGS))
    first = send(client, data)
    services.analyse_waiting()
    Provenance.objects.all().delete()

    again = send(client, data)
    services.analyse_waiting()

    assert (told(first), len(told(again))) == ([], 1)
    assert Finding.objects.filter(submission=again).exists()
