"""Known pictures in verdicts: shown always, decisive by policy, and a near copy of something real clears nothing."""

from datetime import timedelta
from typing import Any

import pytest

from moderation.clients.models import Client
from moderation.events.models import Event
from moderation.intake.models import Submission
from moderation.matching.models import KnownImage
from moderation.verdicts import document, policies, services
from moderation.verdicts.judge import Evidence, Rules, Thresholds, judge
from moderation.verdicts.models import Action, Label, Verdict
from moderation.verdicts.readings import Known, Reading
from moderation.verdicts.simulation import simulate
from tests.factories import ClientFactory, SubmissionFactory, said
from tests.matching.hashes_for_tests import packed, random_hashes, with_flipped

LIMITS = Thresholds(review=0.4, label=0.6, block=0.9)
ACTIONS = {"real": "allow", "ai_generated": "block", "edited": "label", "cannot_tell": "review"}
HASH = random_hashes(1)[0]
BASE = "https://assay.example"
RAN = {"general": "mdl_1", "face": "mdl_2", "edited": "mdl_3"}


def rules(known_images: str, required: list[str] | None = None) -> Rules:
    return Rules({"general": LIMITS, "edited": LIMITS}, required or [], ACTIONS, known_images=known_images)


def judged(known: list[Known], mode: str, *probabilities: float, required: list[str] | None = None) -> tuple[Any, ...]:
    readings = [Reading(role, one) for role, one in zip(("general", "edited"), probabilities, strict=False)]
    found = judge(readings, ["general"], rules(mode, required), known=known)
    return found.label, found.action, found.confidence, [reason["code"] for reason in found.reasons]


@pytest.mark.parametrize("mode", ["exact", "near"])
@pytest.mark.parametrize("label", ["real", "ai_generated", "edited"])
@pytest.mark.parametrize("probability", [0.1, 0.5, 0.7, 0.95])
def test_same_file_is_what_it_is_known_as_whatever_models_say(mode: str, label: str, probability: float) -> None:
    found = judged([Known("exact", label)], mode, probability, required=["edited"])

    assert found[:3] == (Label(label), Action(ACTIONS[label]), None)
    assert found[3][0] == "known_image_exact"
    assert found[3][1:] == {0.1: [], 0.5: ["general_uncertain"], 0.7: ["general_above_label"]}.get(
        probability, ["general_above_block"]
    )


def test_first_of_the_same_files_decides() -> None:
    known = [Known("exact", "edited"), Known("exact", "real"), Known("near", "ai_generated", 2)]

    assert judged(known, "near", 0.1)[0] == Label.EDITED


@pytest.mark.parametrize("kind", ["exact", "near"])
@pytest.mark.parametrize("probability", [0.1, 0.5, 0.7, 0.95])
def test_policy_that_goes_by_none_judges_as_if_nothing_were_known(kind: str, probability: float) -> None:
    assert judged([Known(kind, "edited", 4)], "off", probability) == judged([], "off", probability)


@pytest.mark.parametrize("probability", [0.1, 0.5, 0.7, 0.95])
def test_near_copy_decides_nothing_where_only_the_same_file_does(probability: float) -> None:
    assert judged([Known("near", "ai_generated", 4)], "exact", probability) == judged([], "exact", probability)


@pytest.mark.parametrize("probability", [0.1, 0.5, 0.7, 0.95])
def test_near_copy_of_something_real_clears_nothing(probability: float) -> None:
    assert judged([Known("near", "real", 0)], "near", probability) == judged([], "near", probability)


def test_near_copy_of_something_generated_is_enough() -> None:
    found = judged([Known("near", "ai_generated", 4)], "near", 0.1)

    assert found == (Label.AI_GENERATED, Action.BLOCK, None, ["known_image_near"])


def test_near_copy_beyond_one_of_something_real_counts() -> None:
    assert judged([Known("near", "real", 1), Known("near", "edited", 9)], "near", 0.1)[0] == Label.EDITED


def test_models_that_go_further_than_a_near_copy_stand() -> None:
    found = judged([Known("near", "edited", 4)], "near", 0.95)

    assert found == (
        Label.AI_GENERATED,
        Action.BLOCK,
        0.95,
        ["known_image_near", "general_above_block"],
    )


def test_near_copy_does_not_stand_for_a_role_that_did_not_run() -> None:
    found = judged([Known("near", "edited", 4)], "near", 0.1, required=["face"])

    assert found == (Label.EDITED, Action.REVIEW, None, ["known_image_near", "face_not_run"])


def test_reasons_say_what_is_known_and_how_near() -> None:
    exact = judge([], [], rules("near"), known=[Known("exact", "ai_generated")]).reasons
    near = judge([], [], rules("near"), known=[Known("near", "edited", 6)]).reasons

    assert exact[0]["text"] == "This very file is known here as AI-generated, and this policy goes by that."
    assert near[0]["text"] == (
        "The picture is a near copy of one that is known here as edited (6 of 256 bits differ), "
        "and this policy goes by that."
    )
    assert Evidence(Label.EDITED, Action.LABEL, near[0]).reason is near[0]


@pytest.fixture
def harbour() -> Client:
    made: Client = ClientFactory.create()
    return made


def recorded(client: Client, probability: float = 0.1, bits: int = 0, **fields: Any) -> Submission:
    made: Submission = SubmissionFactory.create(client=client, **fields)
    hashes = [packed(with_flipped(HASH, range(bits)))]
    services.record_analysis(made, [said(probability)], RAN, hashes=hashes)
    return made


def decide(submission: Submission, label: str) -> Verdict:
    decision = {"id": "dec_1", "label": label, "reason_code": None, "decided_at": "2026-11-21T09:00:00.000000Z"}
    return services.revise_by_person(submission, label, decision, timedelta(0))[0]


def standing(submission: Submission) -> Verdict:
    return Verdict.objects.get(submission=submission, is_current=True)


@pytest.mark.django_db
def test_same_file_again_gets_what_a_person_decided_by_the_default_policy(harbour: Client) -> None:
    first = recorded(harbour, 0.1)
    decide(first, "edited")

    again = recorded(harbour, 0.1, image=first.image)

    verdict = standing(again)
    assert (verdict.label, verdict.action, verdict.decided_by, verdict.confidence) == (
        "edited",
        "label",
        "policy",
        None,
    )
    match = {"kind": "exact", "submission": first.pk, "label": "edited", "distance": 0}
    known = KnownImage.objects.get().pk
    assert document.signed(again, BASE)["matches"] == [{**match, "known_image": known}]
    told = Event.objects.get(subject=again.pk).body["data"]
    assert told["matches"] == [{**match, "known_image": known}]
    assert told["verdict"]["reasons"][0]["code"] == "known_image_exact"


@pytest.mark.django_db
def test_near_copy_is_shown_and_decides_nothing_by_the_default_policy(harbour: Client) -> None:
    first = recorded(harbour, 0.1)
    decide(first, "ai_generated")

    copy = recorded(harbour, 0.1, bits=6)

    assert standing(copy).label == "real"
    (match,) = document.signed(copy, BASE)["matches"]
    assert (match["kind"], match["submission"], match["distance"]) == ("near", first.pk, 6)


@pytest.mark.django_db
def test_near_copy_decides_where_the_policy_goes_by_it(harbour: Client) -> None:
    version = policies.default_version()
    policies.change(version.policy, **{**policies.DEFAULT_RULES, "known_images": "near"}, actor="test")
    first = recorded(harbour, 0.1)
    decide(first, "ai_generated")

    verdict = standing(recorded(harbour, 0.1, bits=6))

    assert (verdict.label, verdict.action, verdict.policy_version.number) == ("ai_generated", "label", 2)


@pytest.mark.django_db
def test_what_was_undone_is_known_no_more(harbour: Client) -> None:
    first = recorded(harbour, 0.1)
    decide(first, "ai_generated")

    services.restore(first, 1, untold=True)

    again = recorded(harbour, 0.1, image=first.image)
    assert standing(again).label == "real"
    assert document.signed(again, BASE)["matches"] == []


@pytest.mark.django_db
def test_undoing_the_second_decision_knows_the_first_again(harbour: Client) -> None:
    first = recorded(harbour, 0.1)
    decide(first, "edited")
    decide(first, "real")

    services.restore(first, 2, untold=True)

    assert [known.label for known in KnownImage.objects.all()] == ["edited"]
    assert standing(recorded(harbour, 0.1, image=first.image)).label == "edited"


@pytest.mark.django_db
def test_undoing_the_decision_on_a_failed_analysis_forgets_it(harbour: Client) -> None:
    failed = SubmissionFactory.create(client=harbour)
    services.record_failure(failed, "internal", "It failed.")
    decide(failed, "edited")
    assert KnownImage.objects.count() == 1

    services.restore(failed, None, untold=True)

    assert not KnownImage.objects.exists()


@pytest.mark.django_db
def test_other_clients_decision_changes_nothing_here(harbour: Client) -> None:
    decide(recorded(ClientFactory.create(), 0.1), "ai_generated")

    here = recorded(harbour, 0.1)

    assert standing(here).label == "real"
    assert document.signed(here, BASE)["matches"] == []


@pytest.mark.django_db
def test_simulation_counts_what_is_known(harbour: Client) -> None:
    first = recorded(harbour, 0.1)
    decide(first, "ai_generated")
    recorded(harbour, 0.1, bits=6)
    limits = {role: Thresholds(0.5, 0.8) for role in RAN}

    def changed(mode: str) -> int:
        tried = Rules(limits, list(RAN), dict(policies.DEFAULT_ACTIONS), known_images=mode)
        return int(simulate(harbour, tried)["changed"])

    assert [changed(mode) for mode in ("off", "exact", "near")] == [0, 0, 1]
