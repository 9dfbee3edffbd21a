"""The worker's batch, with the real detector: what is recorded, shared, given back and given up."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from detector import perceptual
from detector.bundles import BundleError
from detector.images import read
from moderation.analysis import detectors, services
from moderation.analysis.models import Heatmap
from moderation.clients.models import Client
from moderation.intake import work
from moderation.intake.models import Source, State, Submission, Work
from moderation.intake.services import Particulars, submit
from moderation.matching.services import crop_waiting, hashes_of, teach
from moderation.registry.models import ModelVersion
from moderation.registry.services import register_shipped
from moderation.verdicts.models import ClientPolicy, Finding, Policy, Verdict
from tests.factories import ClientFactory, picture

pytestmark = pytest.mark.django_db
SAMPLES = Path(__file__).resolve().parents[2] / "samples"


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.ANALYSIS_THREADS = 1


@pytest.fixture
def client() -> Client:
    register_shipped()
    made: Client = ClientFactory.create()
    return made


def failure(submission: Submission) -> dict[str, str]:
    submission.refresh_from_db()
    assert submission.state == State.FAILED
    assert submission.failure is not None
    found: dict[str, str] = submission.failure
    return found


def send(client: Client, data: bytes) -> Submission:
    return submit(client, data, Particulars(source=Source.API))


def test_every_model_that_spoke_leaves_a_finding_and_a_heatmap(client: Client) -> None:
    submission = send(client, (SAMPLES / "astronaut.jpg").read_bytes())

    assert services.analyse_waiting() == 1

    submission.refresh_from_db()
    assert submission.state == State.ANALYSED
    findings = list(Finding.objects.filter(submission=submission))
    assert {finding.role for finding in findings} == {"general", "face", "edited"}
    assert all(0 <= finding.probability <= 1 for finding in findings)
    assert {finding.box is not None for finding in findings if finding.role == "face"} == {True}
    assert Heatmap.objects.filter(finding__submission=submission).count() == len(findings)
    verdict = Verdict.objects.get()
    assert set(verdict.roles_run) == {"general", "face", "edited"}


def test_face_model_that_finds_no_face_has_run_all_the_same(client: Client) -> None:
    submission = send(client, picture(64, 64))

    services.analyse_waiting()

    assert "face" in Verdict.objects.get().roles_run
    assert not Finding.objects.filter(submission=submission, role="face").exists()


def test_same_bytes_again_share_the_findings_without_another_look(client: Client) -> None:
    first = send(client, picture())
    services.analyse_waiting()
    default_storage.delete(first.picture.path)
    again = Submission.objects.create(client=client, image=first.image, source=Source.API)
    Work.objects.create(submission=again)

    services.analyse_waiting()

    scores = [list(Finding.objects.filter(submission=one).values_list("role", "score")) for one in (first, again)]
    assert scores[0] == scores[1] != []
    assert Heatmap.objects.filter(finding__submission=again).count() == len(scores[1])


def test_other_models_take_another_look(client: Client) -> None:
    first = send(client, picture())
    services.analyse_waiting()
    ModelVersion.objects.filter(role="edited").update(state="retired")

    again = send(client, picture())
    services.analyse_waiting()

    assert set(Verdict.objects.get(submission=first).roles_run) == {"general", "face", "edited"}
    verdict = Verdict.objects.get(submission=again)
    assert set(verdict.roles_run) == {"general", "face"}
    assert verdict.label in {"uncertain", "ai_generated"}


def test_stored_file_that_turned_bad_fails_alone_with_its_reason(client: Client) -> None:
    bad, good = send(client, picture(shade=1)), send(client, picture(shade=2))
    Path(default_storage.path(bad.picture.path)).write_bytes(picture(shade=1)[:80])

    services.analyse_waiting()

    good.refresh_from_db()
    assert failure(bad)["code"] == "image-undecodable"
    assert good.state == State.ANALYSED


def test_missing_file_is_tried_three_times_and_then_failed(client: Client) -> None:
    submission = send(client, picture())
    default_storage.delete(submission.picture.path)

    for _ in range(3):
        services.analyse_waiting()

    found = failure(submission)
    assert Work.objects.get().attempts == 3
    assert found["code"] == "internal"
    assert "3 times" in found["detail"]
    assert str(default_storage.path("")) not in found["detail"]


def test_bundle_that_is_gone_gives_the_work_back_with_the_reason(client: Client, settings: Any) -> None:
    settings.ANALYSIS_ATTEMPTS = 5
    submission = send(client, picture())
    ModelVersion.objects.filter(role="edited").update(location="shipped:absent")
    (one,) = work.claim(1, settings.ANALYSIS_LEASE)

    assert services.analyse([one]) == 0

    submission.refresh_from_db()
    assert submission.state == State.QUEUED
    assert Work.objects.get().last_error.startswith("BundleError")
    assert not Finding.objects.exists()


@pytest.mark.parametrize("change", [{"location": "shipped:absent"}, {"weights_sha256": "0" * 64}])
def test_worker_that_cannot_load_what_serves_claims_nothing(client: Client, change: dict[str, str]) -> None:
    submission = send(client, picture())
    ModelVersion.objects.filter(role="edited").update(**change)
    detectors._shelf.loaded = None

    with pytest.raises(BundleError):
        services.analyse_waiting()

    submission.refresh_from_db()
    assert submission.state == State.QUEUED
    assert Work.objects.get().attempts == 0


def test_result_that_cannot_be_written_keeps_no_other_from_it(client: Client) -> None:
    bad, good = send(client, picture(shade=1)), send(client, picture(shade=2))
    Policy.objects.create(id="pol_broken", name="broken")
    ClientPolicy.objects.create(client=client, policy_id="pol_broken")
    other = ClientFactory.create()
    Submission.objects.filter(pk=good.pk).update(client=other)

    for _ in range(3):
        services.analyse_waiting()

    good.refresh_from_db()
    assert good.state == State.ANALYSED
    assert "IndexError" in failure(bad)["detail"]
    assert Work.objects.get(submission=bad).attempts == 3
    assert [finding.submission_id for finding in Finding.objects.exclude(submission=good)] == []


def test_results_of_a_lost_lease_are_not_written(client: Client, settings: Any) -> None:
    send(client, picture())
    (late,) = work.claim(1, settings.ANALYSIS_LEASE)
    work.give_back(late, "swept")
    (holder,) = work.claim(1, settings.ANALYSIS_LEASE)

    assert services.analyse([late]) == 0
    assert not Finding.objects.exists()

    assert services.analyse([holder]) == 1
    assert Verdict.objects.count() == 1


def test_sweep_frees_expired_leases_until_the_attempts_are_used_up(client: Client, settings: Any) -> None:
    submission = send(client, picture())
    for attempt in (1, 2, 3):
        (one,) = work.claim(1, settings.ANALYSIS_LEASE)
        assert one.attempts == attempt
        Work.objects.update(leased_until="2020-01-01T00:00Z")
        assert services.sweep() == 1

    assert failure(submission)["code"] == "internal"
    assert services.sweep() == 0


def test_hashes_of_what_was_looked_at_are_kept_and_a_known_copy_is_found(client: Client) -> None:
    first = send(client, (SAMPLES / "coffee.jpg").read_bytes())
    services.analyse_waiting()
    first.refresh_from_db()
    assert [one.hex() for one in hashes_of(first.picture)] == [
        one.hex() for one in perceptual.hashes(read((SAMPLES / "coffee.jpg").read_bytes()).pixels)
    ]
    teach(first, "edited")
    assert crop_waiting() == 1
    with Image.open(SAMPLES / "coffee.jpg") as image:
        width, height = image.size
        cut = image.crop((round(0.1 * width), 0, width, height))
    buffer = io.BytesIO()
    cut.save(buffer, "JPEG", quality=60)

    copy = send(client, buffer.getvalue())
    again = send(client, (SAMPLES / "coffee.jpg").read_bytes())
    services.analyse_waiting()

    assert [(match.kind, match.other) for match in copy.matches.all()] == [("near", first)]
    assert [(match.kind, match.other) for match in again.matches.all()] == [("exact", first)]
    assert Verdict.objects.get(submission=again).label == "edited"
