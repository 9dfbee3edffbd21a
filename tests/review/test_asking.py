"""Which submissions come to people, and why: by the rules of the policy that judged them."""

from datetime import timedelta
from typing import Any

import pytest

from foundation.samples import drawn
from moderation.clients.models import Client
from moderation.events import services as events
from moderation.intake.models import Priority, Submission
from moderation.review.asking import asking
from moderation.review.models import Case
from moderation.verdicts import own_policies, policies
from moderation.verdicts import services as verdicts
from tests.factories import ClientFactory, SubmissionFactory, said
from tests.review.api_for_tests import RAN

pytestmark = pytest.mark.django_db


@pytest.fixture
def harbour() -> Client:
    made: Client = ClientFactory.create()
    return made


def rules(client: Client, **review: Any) -> None:
    given = {**policies.DEFAULT_RULES, "review": review}
    given["thresholds"] = {**policies.DEFAULT_THRESHOLDS, "general": {"review": 0.5, "label": 0.8, "block": 0.95}}
    own_policies.save(client, "own", given, in_force=True, actor="test")


def judged(client: Client, *probabilities: tuple[str, float], **fields: Any) -> Submission:
    submission: Submission = SubmissionFactory.create(client=client, **fields)
    verdicts.record_analysis(submission, [said(value, role) for role, value in probabilities], RAN)
    return submission


def why(submission: Submission) -> Any:
    return asking([submission.pk]).get(submission.pk)


def test_uncertain_verdict_and_what_the_policy_blocks_come_with_their_reason(harbour: Client) -> None:
    rules(harbour)

    assert why(judged(harbour, ("general", 0.6))) == ("uncertain", Priority.NORMAL)
    assert why(judged(harbour, ("general", 0.97))) == ("policy", Priority.HIGH)
    assert why(judged(harbour, ("general", 0.97), priority=Priority.LOW)) == ("policy", Priority.NORMAL)
    assert why(judged(harbour, ("general", 0.9))) is None
    assert why(judged(harbour, ("general", 0.1))) is None


@pytest.mark.parametrize(("probability", "reason"), [(0.19, None), (0.2, "band"), (0.3, "band"), (0.31, None)])
def test_band_of_scores_holds_its_ends(harbour: Client, probability: float, reason: str | None) -> None:
    rules(harbour, bands=[{"role": "face", "from": 0.2, "to": 0.3}])

    found = why(judged(harbour, ("general", 0.1), ("face", probability)))

    assert (found[0] if found else None) == reason


def test_band_of_another_role_asks_nobody(harbour: Client) -> None:
    rules(harbour, bands=[{"role": "face", "from": 0.0, "to": 1.0}])

    assert why(judged(harbour, ("general", 0.1))) is None


def test_disagreement_of_two_roles_from_its_limit(harbour: Client) -> None:
    rules(harbour, disagreement=0.25)

    assert why(judged(harbour, ("general", 0.375), ("edited", 0.125))) == ("disagreement", Priority.NORMAL)
    assert why(judged(harbour, ("general", 0.35), ("edited", 0.125))) is None
    assert why(judged(harbour, ("general", 0.45))) is None


def test_weightiest_of_several_reasons_is_named(harbour: Client) -> None:
    rules(harbour, disagreement=0.0, audit_share=1.0, bands=[{"role": "general", "from": 0, "to": 1}])

    assert why(judged(harbour, ("general", 0.6), ("edited", 0.1))) == ("disagreement", Priority.NORMAL)
    assert why(judged(harbour, ("general", 0.6))) == ("band", Priority.NORMAL)


def test_random_sample_is_the_same_each_time_and_waits_behind_all_else(harbour: Client) -> None:
    rules(harbour, audit_share=0.5)
    made = [judged(harbour, ("general", 0.1)) for _ in range(30)]

    first, again = (asking([one.pk for one in made]) for _ in range(2))

    assert first == again
    assert set(first) == {one.pk for one in made if drawn("audit", one.pk, 0.5)}
    assert set(first.values()) == {("audit", Priority.LOW)}


@pytest.mark.parametrize(("share", "count"), [(0.0, 0), (1.0, 3)])
def test_stated_rate_opens_cases(harbour: Client, share: float, count: int) -> None:
    rules(harbour, audit_share=share)
    for _ in range(3):
        judged(harbour, ("general", 0.1))

    events.dispatch_due()

    assert list(Case.objects.values_list("reason", "priority")) == [("audit", Priority.LOW)] * count


def test_what_a_person_decided_asks_nobody(harbour: Client) -> None:
    rules(harbour, audit_share=1.0)
    submission = judged(harbour, ("general", 0.6))
    verdicts.revise_by_person(submission, "cannot_tell", {"id": "dec_1", "label": "cannot_tell"}, timedelta(0))

    assert why(submission) is None
