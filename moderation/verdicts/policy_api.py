"""Policies by API (HTTP.md, "Keys, endpoints, events"): versions, and what one would have done."""

from collections.abc import Collection
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from foundation import cursors, filters
from foundation.parsers import StrictJSONParser
from foundation.problems import Problem, base_of
from foundation.times import rfc3339
from moderation.clients.authentication import KeyCaller
from moderation.clients.rest import ApiView
from moderation.verdicts import judge, own_policies, policies, review_rules
from moderation.verdicts.models import Policy, PolicyVersion
from moderation.verdicts.policy_schema import (
    PolicyDocumentSchema,
    PolicyForm,
    PolicyPageSchema,
    RulesForm,
    SimulationSchema,
)
from moderation.verdicts.simulation import simulate

HIGHEST = 9  # digits of a version


class PoliciesView(ApiView):
    scopes: ClassVar[dict[str, str]] = {"GET": "read", "POST": "manage"}
    parser_classes = (StrictJSONParser,)

    @extend_schema(operation_id="policies_list", responses=PolicyPageSchema, parameters=cursors.PAGING)
    def get(self, request: Request) -> Response:
        """List the client's policies and the installation's, each in its newest version."""
        rows = own_policies.visible_to(request.user).exclude(versions=None)
        rows = filters.narrowed(rows, request.query_params.dict(), {})
        judging = own_policies.in_force(request.user)
        return Response(cursors.page(request, rows, lambda row: shown(newest_of(row), base_of(request), judging)))

    @extend_schema(operation_id="policies_create", request=PolicyForm, responses={201: PolicyDocumentSchema})
    def post(self, request: Request) -> Response:
        """Make a policy, or a further version of the client's policy of that name, and put it in force.

        With `in_force` false it waits, to be simulated. Rules that the newest version has already make no other one.
        """
        caller = _key(request)
        form = PolicyForm(data=request.data)
        form.is_valid(raise_exception=True)
        given = dict(form.validated_data)
        name, in_force = given.pop("name"), given.pop("in_force")
        rules = {**policies.DEFAULT_RULES, **given}
        actor = f"key:{caller.pk}"
        version = own_policies.save(caller.client, name, rules, in_force=in_force, actor=actor)
        body = shown(version, base_of(request), own_policies.in_force(caller))
        return Response(body, status=201, headers={"Location": body["links"]["self"]})


class PolicyView(ApiView):
    scopes: ClassVar[dict[str, str]] = {"GET": "read"}

    @extend_schema(
        operation_id="policies_get", responses=PolicyDocumentSchema, parameters=[OpenApiParameter("version", int)]
    )
    def get(self, request: Request, policy_id: str) -> Response:
        """Return a policy in its newest version, or in the one that is asked for."""
        policy = own_policies.get(request.user, policy_id)
        version = own_policies.version_of(policy, _version(request))
        return Response(shown(version, base_of(request), own_policies.in_force(request.user)))


class SimulationView(ApiView):
    scopes: ClassVar[dict[str, str]] = {"POST": "manage"}
    parser_classes = (StrictJSONParser,)

    @extend_schema(operation_id="policies_simulate", request=RulesForm, responses=SimulationSchema)
    def post(self, request: Request, policy_id: str) -> Response:
        """Say what the policy would have done to the client's last 10,000 submissions. Nothing is changed.

        Rules in the body stand in for the policy's own: what a change would do can be asked before it is made.
        """
        caller = _key(request)
        version = own_policies.version_of(own_policies.get(caller, policy_id))
        form = RulesForm(data=request.data or {})
        form.is_valid(raise_exception=True)
        tried = PolicyVersion(**{**_rules(version), **form.validated_data})
        found = policies.faults(tried.thresholds, tried.required_roles, tried.actions)
        found += review_rules.faults(tried.review, policies.ROLE)
        if found:
            raise Problem("invalid", "These rules cannot be.", errors=found)
        name = {"name": version.policy.name, "version": version.number}
        return Response({"policy": name, **simulate(caller.client, judge.rules_from(tried))})


def shown(version: PolicyVersion, base: str, judging: Collection[str]) -> dict[str, Any]:
    """Return a policy's version as the API shows it; ``judging`` are the ids of the policies in force."""
    policy = version.policy
    return {
        "id": policy.pk,
        "name": policy.name,
        "version": version.number,
        "in_force": policy.pk in judging,
        "shared": policy.client_id is None,
        **_rules(version),
        "created_at": rfc3339(version.created_at),
        "links": {"self": f"{base}/api/v1/policies/{policy.pk}"},
    }


def newest_of(policy: Policy) -> PolicyVersion:
    newest: PolicyVersion = getattr(policy, own_policies.NEWEST)[0]
    newest.policy = policy
    return newest


def _rules(version: PolicyVersion) -> dict[str, Any]:
    rules = {name: getattr(version, name) for name in own_policies.RULES}
    return {**rules, "review": review_rules.complete(version.review)}


def _version(request: Request) -> int | None:
    for name in request.query_params:
        if name != "version":
            raise filters.refused(name, "There is no such parameter.")
    given = request.query_params.get("version")
    if given is None:
        return None
    if given.isascii() and given.isdigit() and len(given) <= HIGHEST:
        return int(given)
    raise filters.refused("version", "Must be a whole number.")


def _key(request: Request) -> KeyCaller:
    caller: Any = request.user
    if isinstance(caller, KeyCaller):
        return caller
    raise Problem("forbidden", "Use a client's key; people change policies in the admin.")
