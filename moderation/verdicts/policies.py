"""Policies: the default one, a client's choice, and changes, each a new version."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q

from foundation.problems import Problem
from moderation.audit import services as audit
from moderation.clients.models import Client
from moderation.verdicts import review_rules
from moderation.verdicts.models import Action, ClientPolicy, HumanLabel, KnownRule, Policy, PolicyVersion

DEFAULT = "default"
NO_RULES = frozenset({"id", "policy", "number", "created_at", "created_by"})
ROLE = re.compile(r"[a-z][a-z0-9_]{0,31}")
MOST_ROLES = 64
DEFAULT_THRESHOLDS: dict[str, dict[str, float | None]] = {
    "general": {"review": 0.5, "label": 0.82, "block": None},
    "face": {"review": 0.45, "label": 0.75, "block": None},
    "edited": {"review": 0.5, "label": 0.7, "block": None},
}
DEFAULT_REQUIRED = ["general", "face", "edited"]
DEFAULT_ACTIONS: dict[str, str] = {
    HumanLabel.REAL.value: Action.ALLOW.value,
    HumanLabel.AI_GENERATED.value: Action.LABEL.value,
    HumanLabel.EDITED.value: Action.LABEL.value,
    HumanLabel.CANNOT_TELL.value: Action.REVIEW.value,
}
DEFAULT_RULES: dict[str, Any] = {
    "thresholds": DEFAULT_THRESHOLDS,
    "required_roles": DEFAULT_REQUIRED,
    "actions": DEFAULT_ACTIONS,
    "believe_signed_ai": False,
    "known_images": KnownRule.EXACT.value,
    "review": review_rules.DEFAULT,
}


def default_version() -> PolicyVersion:
    """Return the newest version of the default policy, which is made when it is missing."""
    shared = PolicyVersion.objects.filter(policy__name=DEFAULT, policy__client=None)
    return shared.select_related("policy").order_by("-number").first() or _make_default()


@transaction.atomic
def _make_default() -> PolicyVersion:
    policy, _ = Policy.objects.get_or_create(name=DEFAULT, client=None)
    version, _ = PolicyVersion.objects.get_or_create(
        policy=policy,
        number=1,
        defaults={**DEFAULT_RULES, "created_by": "system"},
    )
    return version


def version_for(client: Client) -> PolicyVersion:
    """Return the newest version of the client's policy, or of the default one."""
    chosen = ClientPolicy.objects.filter(client=client).values_list("policy", flat=True).first()
    if chosen is None:
        return default_version()
    return PolicyVersion.objects.select_related("policy").filter(policy=chosen).order_by("-number")[0]


@transaction.atomic
def change(  # noqa: PLR0913  each rule by its name, so that none is forgotten
    policy: Policy,
    *,
    thresholds: Mapping[str, Mapping[str, float | None]],
    required_roles: Sequence[str],
    actions: Mapping[str, str],
    actor: str,
    believe_signed_ai: bool = False,
    known_images: str = KnownRule.EXACT,
    review: Mapping[str, Any] | None = None,
) -> PolicyVersion:
    """Add a version to ``policy``; verdicts given under the older ones keep naming them.

    Raises:
        Problem: ``invalid``, with a pointer to each value that cannot be.
    """
    wanted = review_rules.complete({} if review is None else review)
    found = [*faults(thresholds, required_roles, actions), *review_rules.faults(wanted, ROLE)]
    if found:
        raise Problem("invalid", "The policy was not saved.", errors=found)
    Policy.objects.select_for_update().get(pk=policy.pk)
    version = PolicyVersion.objects.create(
        policy=policy,
        number=_last_number(policy) + 1,
        thresholds={role: dict(limits) for role, limits in thresholds.items()},
        required_roles=list(required_roles),
        actions=dict(actions),
        believe_signed_ai=believe_signed_ai,
        known_images=known_images,
        review=wanted,
        created_by=actor,
    )
    before = PolicyVersion.objects.filter(policy=policy, number__lt=version.number).order_by("-number").first()
    audit.record(
        actor,
        "policy.changed",
        policy.pk,
        {"version": version.number},
        client=policy.client_id or "",
        before=rules_of(before) if before else None,
        after=rules_of(version),
    )
    return version


def rules_of(version: PolicyVersion) -> dict[str, Any]:
    """Return what a version says, by the names of its fields."""
    fields = [field.name for field in PolicyVersion._meta.concrete_fields if field.name not in NO_RULES]
    return {name: getattr(version, name) for name in fields}


def _last_number(policy: Policy) -> int:
    """Return the number to go on from: the newest version's, or that of the installation's policy of the same name."""
    for rows in (Q(policy=policy), Q(policy__client=None, policy__name=policy.name)):
        newest = PolicyVersion.objects.filter(rows).order_by("-number").values_list("number", flat=True).first()
        if newest:
            return newest
    return 0


def faults(thresholds: Any, required_roles: Any, actions: Any) -> list[dict[str, str]]:
    """Return what is wrong with a policy's rules, each fault with its JSON pointer."""
    return [*_threshold_faults(thresholds), *_action_faults(actions), *_role_faults(required_roles)]


def _threshold_faults(thresholds: Any) -> list[dict[str, str]]:
    if not isinstance(thresholds, Mapping):
        return [{"pointer": "#/thresholds", "detail": "Must be an object: role to thresholds."}]
    if len(thresholds) > MOST_ROLES:
        return [{"pointer": "#/thresholds", "detail": f"Must have at most {MOST_ROLES} roles."}]
    return [fault for role, limits in thresholds.items() for fault in _limit_faults(role, limits)]


def _limit_faults(role: str, limits: Any) -> list[dict[str, str]]:
    if not ROLE.fullmatch(str(role)):
        return [{"pointer": "#/thresholds", "detail": "A role is named by up to 32 letters a to z, digits and _."}]
    pointer = f"#/thresholds/{role}"
    if not isinstance(limits, Mapping) or set(limits) != {"review", "label", "block"}:
        return [{"pointer": pointer, "detail": "Must have exactly review, label and block."}]
    given = [limits["review"], limits["label"], *([] if limits["block"] is None else [limits["block"]])]
    if not all(isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 1 for value in given):
        return [{"pointer": pointer, "detail": "Each must be above 0 and at most 1; block may be null (never)."}]
    if given != sorted(given):
        return [{"pointer": pointer, "detail": "Must rise: review <= label <= block."}]
    return []


def _action_faults(actions: Any) -> list[dict[str, str]]:
    labels = {str(label) for label in HumanLabel}
    if not isinstance(actions, Mapping) or set(actions) != labels:
        return [{"pointer": "#/actions", "detail": f"Must name an action for each of {', '.join(sorted(labels))}."}]
    return [
        {"pointer": f"#/actions/{label}", "detail": f"Must be one of {', '.join(Action.values)}."}
        for label, action in actions.items()
        if action not in Action.values
    ]


def _role_faults(required_roles: Any) -> list[dict[str, str]]:
    if not isinstance(required_roles, list) or not all(
        isinstance(role, str) and ROLE.fullmatch(role) for role in required_roles
    ):
        return [{"pointer": "#/required_roles", "detail": "Must be a list of roles."}]
    if len(required_roles) > MOST_ROLES:
        return [{"pointer": "#/required_roles", "detail": f"Must have at most {MOST_ROLES} roles."}]
    return []
