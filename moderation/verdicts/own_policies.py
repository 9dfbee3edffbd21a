"""A client's own policies: which ones it sees, a further version, and which one is in force."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet

from foundation.problems import Problem
from moderation.audit import services as audit
from moderation.clients.authentication import KeyCaller
from moderation.clients.models import Client, Person
from moderation.clients.sight import owned
from moderation.verdicts import policies, review_rules
from moderation.verdicts.models import ClientPolicy, Policy, PolicyVersion

RULES = ("thresholds", "required_roles", "actions", "believe_signed_ai", "known_images", "review")
NEWEST = "newest_versions"


def visible_to(caller: Any) -> QuerySet[Policy]:
    """Return the policies that a caller may see: the installation's, and a client's for its keys and who sees it."""
    newest = PolicyVersion.objects.order_by("policy_id", "-number").distinct("policy_id")
    rows = Policy.objects.prefetch_related(Prefetch("versions", newest, to_attr=NEWEST))
    if isinstance(caller, KeyCaller):
        return rows.filter(Q(client=caller.client) | Q(client=None))
    if isinstance(caller, Person) and caller.may_read():
        return rows.filter(Q(client=None) | Q(pk__in=owned(Policy.objects.all(), caller)))
    return rows.none()


def get(caller: Any, policy_id: str) -> Policy:
    """Return one policy.

    Raises:
        Problem: ``not-found``, the same for another client's as for one that never was.
    """
    found = visible_to(caller).filter(pk=policy_id).first()
    if found is None:
        raise Problem("not-found", "There is no such policy, or it is not yours.")
    return found


def version_of(policy: Policy, number: int | None = None) -> PolicyVersion:
    """Return the version with this number, or the newest.

    Raises:
        Problem: ``not-found``.
    """
    rows = PolicyVersion.objects.filter(policy=policy).order_by("-number")
    found = (rows if number is None else rows.filter(number=number)).first()
    if found is None:
        raise Problem("not-found", "The policy has no such version.")
    return found


@transaction.atomic
def save(client: Client, name: str, rules: Mapping[str, Any], *, in_force: bool, actor: str) -> PolicyVersion:
    """Add a version to the client's policy of that name, which is made where there is none; return it.

    Rules that the newest version has already add none. A name that one of the installation's policies has goes on from
    its number, so that a verdict's name and version never mean two things.

    Raises:
        Problem: ``invalid``, with a pointer to each fault; ``conflict`` for a version that shall wait while its policy
            is the one in force.
    """
    rules = {**rules, "review": review_rules.complete(rules.get("review", {}))}
    Client.objects.select_for_update(no_key=True).get(pk=client.pk)
    policy, _ = Policy.objects.get_or_create(client=client, name=name)
    if not in_force and in_force_for(client) == policy.pk:
        raise Problem("conflict", "This policy is in force, so a change is too. Simulate it, or take another name.")
    newest = PolicyVersion.objects.filter(policy=policy).order_by("-number").first()
    unchanged = newest is not None and all(_of(newest, rule) == rules[rule] for rule in RULES)
    version = newest if newest and unchanged else policies.change(policy, **rules, actor=actor)
    if in_force and in_force_for(client) != policy.pk:
        before = {"policy": in_force_for(client)}
        ClientPolicy.objects.update_or_create(client=client, defaults={"policy": policy})
        audit.record(actor, "policy.chosen", policy.pk, client=client.pk, before=before, after={"policy": policy.pk})
    return version


def _of(version: PolicyVersion, rule: str) -> Any:
    """Return a rule of a version; versions older than the rules of review say nothing there."""
    value = getattr(version, rule)
    return review_rules.complete(value) if rule == "review" else value


def in_force_for(client: Client) -> str:
    """Return the id of the policy by which the client's submissions are judged."""
    chosen = ClientPolicy.objects.filter(client=client).values_list("policy", flat=True).first()
    return chosen or policies.default_version().policy_id


def in_force(caller: Any) -> set[str]:
    """Return the ids of the policies by which those submissions are judged that the caller may see."""
    if isinstance(caller, KeyCaller):
        return {in_force_for(caller.client)}
    return {policies.default_version().policy_id, *ClientPolicy.objects.values_list("policy", flat=True)}
