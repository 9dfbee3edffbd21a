from typing import Any

import pytest

from foundation.problems import Problem
from moderation.audit.models import Entry
from moderation.verdicts import policies
from moderation.verdicts.models import ClientPolicy, Policy, PolicyVersion
from tests.factories import ClientFactory

pytestmark = pytest.mark.django_db
RULES: dict[str, Any] = {
    "thresholds": {"general": {"review": 0.5, "label": 0.7, "block": 0.9}},
    "required_roles": ["general"],
    "actions": {"real": "allow", "ai_generated": "block", "edited": "label", "cannot_tell": "review"},
}


def test_default_policy_never_blocks_by_itself() -> None:
    thresholds = policies.default_version().thresholds

    assert {limits["block"] for limits in thresholds.values()} == {None}


def test_change_adds_a_version_and_keeps_the_old_one() -> None:
    first = policies.default_version()
    before = dict(first.thresholds)

    second = policies.change(first.policy, **RULES, actor="person:1")

    first.refresh_from_db()
    assert (first.number, second.number) == (1, 2)
    assert first.thresholds == before
    assert policies.default_version() == second
    assert Entry.objects.get(action="policy.changed").data == {"version": 2}


def test_client_without_a_choice_has_the_default_policy() -> None:
    client = ClientFactory.create()

    assert policies.version_for(client).policy.name == "default"


def test_client_has_the_newest_version_of_its_own_policy() -> None:
    client = ClientFactory.create()
    policy = Policy.objects.create(name="strict")
    ClientPolicy.objects.create(client=client, policy=policy)
    policies.change(policy, **RULES, actor="test")
    newest = policies.change(policy, **RULES, actor="test")

    assert policies.version_for(client) == newest


@pytest.mark.parametrize(
    ("field", "value", "pointer"),
    [
        ("thresholds", [], "#/thresholds"),
        ("thresholds", {"general": {"review": 0.5}}, "#/thresholds/general"),
        ("thresholds", {"general": {"review": 0.8, "label": 0.7, "block": 0.9}}, "#/thresholds/general"),
        ("thresholds", {"general": {"review": 0.5, "label": 0.7, "block": 0.6}}, "#/thresholds/general"),
        ("thresholds", {"general": {"review": 0, "label": 0.7, "block": None}}, "#/thresholds/general"),
        ("thresholds", {"general": {"review": 0.5, "label": 1.1, "block": None}}, "#/thresholds/general"),
        ("thresholds", {"general": {"review": True, "label": 1, "block": None}}, "#/thresholds/general"),
        ("thresholds", {"general": {"review": "0.5", "label": 0.7, "block": None}}, "#/thresholds/general"),
        ("thresholds", {"general": {"review": float("nan"), "label": 0.7, "block": None}}, "#/thresholds/general"),
        ("required_roles", "general", "#/required_roles"),
        ("required_roles", [1], "#/required_roles"),
        ("actions", {"real": "allow"}, "#/actions"),
        ("actions", {**RULES["actions"], "real": "delete"}, "#/actions/real"),
    ],
)
def test_impossible_rules_are_refused_and_no_version_is_written(field: str, value: object, pointer: str) -> None:
    policy = policies.default_version().policy

    with pytest.raises(Problem) as refusal:
        policies.change(policy, **{**RULES, field: value}, actor="test")

    assert (refusal.value.code, refusal.value.errors[0]["pointer"]) == ("invalid", pointer)
    assert PolicyVersion.objects.filter(policy=policy).count() == 1
