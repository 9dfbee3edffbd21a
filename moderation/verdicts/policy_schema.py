"""What the API takes and gives of policies."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from foundation.fields import TextField, TrueOrFalse
from moderation.verdicts import policies, review_rules
from moderation.verdicts.models import Action, HumanLabel, KnownRule, Label
from moderation.verdicts.schema import PolicySchema

LIMITS = {
    "type": "object",
    "description": "calibrated P(not real) from which a role asks a person, names its class, and blocks; rising",
    "properties": {
        "review": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
        "label": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
        "block": {"type": ["number", "null"], "exclusiveMinimum": 0, "maximum": 1, "description": "null: never"},
    },
    "required": ["review", "label"],
    "additionalProperties": False,
}
THRESHOLDS = {
    "type": "object",
    "propertyNames": {"pattern": f"^{policies.ROLE.pattern}$"},
    "maxProperties": policies.MOST_ROLES,
    "additionalProperties": LIMITS,
    "description": "role to its limits",
}
ROLES = {
    "type": "array",
    "items": {"type": "string", "pattern": f"^{policies.ROLE.pattern}$"},
    "maxItems": policies.MOST_ROLES,
    "description": "roles that must have run before the label may be real",
}
ACTIONS = {
    "type": "object",
    "description": "a person's label to the action that follows from it",
    "properties": {label: {"type": "string", "enum": Action.values} for label in HumanLabel.values},
    "required": HumanLabel.values,
    "additionalProperties": False,
}
REVIEW = {
    "type": "object",
    "description": "when people look besides the verdicts whose action is `review` or `block`",
    "properties": {
        "bands": {
            "type": "array",
            "maxItems": review_rules.MOST_BANDS,
            "description": "a finding of the role whose probability lies there",
            "items": {
                "type": "object",
                "properties": {
                    "role": {"type": "string", "pattern": f"^{policies.ROLE.pattern}$"},
                    "from": {"type": "number", "minimum": 0, "maximum": 1},
                    "to": {"type": "number", "minimum": 0, "maximum": 1},
                },
                "required": ["role", "from", "to"],
                "additionalProperties": False,
            },
        },
        "disagreement": {
            "type": ["number", "null"],
            "minimum": 0,
            "maximum": 1,
            "description": "how far the highest probabilities of two roles lie apart; null: never",
        },
        "audit_share": {
            "type": "number",
            "minimum": 0,
            "maximum": 1,
            "description": "share of all submissions drawn at random, by their ids",
        },
    },
    "additionalProperties": False,
}
EXAMPLE = {
    "name": "strict",
    "thresholds": {"general": {"review": 0.3, "label": 0.6, "block": 0.95}},
    "required_roles": ["general"],
    "actions": policies.DEFAULT_ACTIONS,
}


@extend_schema_field(THRESHOLDS)
class ThresholdsField(serializers.JSONField):
    """Role to its limits; a ``block`` that is left out never blocks."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {
            role: {"block": None, **limits} if isinstance(limits, dict) else limits for role, limits in data.items()
        }


@extend_schema_field(ROLES)
class RolesField(serializers.JSONField):
    """Roles that must have run."""


@extend_schema_field(ACTIONS)
class ActionsField(serializers.JSONField):
    """A person's label to an action."""


@extend_schema_field(REVIEW)
class ReviewField(serializers.JSONField):
    """When people look besides; what is left out never asks."""

    def to_internal_value(self, data: Any) -> Any:
        return review_rules.complete(data)


class RulesForm(serializers.Serializer[Any]):
    """Rules to try: what is left out is as the policy has it."""

    thresholds = ThresholdsField(required=False)
    required_roles = RolesField(required=False)
    actions = ActionsField(required=False)
    believe_signed_ai = TrueOrFalse(required=False, help_text="a trusted signer's word on AI counts")
    known_images = serializers.ChoiceField(
        KnownRule.choices, required=False, help_text="which of the client's known pictures decide"
    )
    review = ReviewField(required=False)


@extend_schema_serializer(examples=[OpenApiExample("Strict", EXAMPLE)])
class PolicyForm(RulesForm):
    """``POST /policies``: what is left out is as the installation's first policy has it."""

    name = TextField(max_length=64)
    thresholds = ThresholdsField()
    in_force = TrueOrFalse(required=False, default=True, help_text="judge the client's submissions by it from now on")


class PolicyDocumentSchema(serializers.Serializer[Any]):
    """A policy as one of its versions says."""

    id = serializers.CharField()
    name = serializers.CharField()
    version = serializers.IntegerField()
    in_force = serializers.BooleanField(help_text="whether the client's submissions are judged by its newest version")
    shared = serializers.BooleanField(help_text="the installation's, which a client reads and does not change")
    thresholds = ThresholdsField()
    required_roles = RolesField()
    actions = ActionsField()
    believe_signed_ai = serializers.BooleanField()
    known_images = serializers.ChoiceField(KnownRule.choices)
    review = ReviewField()
    created_at = serializers.DateTimeField(help_text="of the version")
    links = serializers.DictField(child=serializers.CharField())


class PolicyPageSchema(serializers.Serializer[Any]):
    results = PolicyDocumentSchema(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class PairSchema(serializers.Serializer[Any]):
    label = serializers.ChoiceField(Label.choices)  # type: ignore[assignment]  # a field named as a field option
    action = serializers.ChoiceField(Action.choices)


class CountsSchema(serializers.Serializer[Any]):
    labels = serializers.DictField(child=serializers.IntegerField())
    actions = serializers.DictField(child=serializers.IntegerField())


class MoveSchema(serializers.Serializer[Any]):
    before = PairSchema()
    after = PairSchema()
    submissions = serializers.IntegerField()


class PeopleSchema(serializers.Serializer[Any]):
    decided = serializers.IntegerField(help_text="submissions that people decided, and could tell")
    agreed_before = serializers.IntegerField()
    agreed_after = serializers.IntegerField()


class ExampleSchema(serializers.Serializer[Any]):
    submission = serializers.CharField()
    before = PairSchema()
    after = PairSchema()


class SimulationSchema(serializers.Serializer[Any]):
    """What the rules would have done to the client's last 10,000 analysed submissions."""

    policy = PolicySchema()
    submissions = serializers.IntegerField()
    since = serializers.DateTimeField(allow_null=True)
    until = serializers.DateTimeField(allow_null=True)
    before = CountsSchema(help_text="the newest verdicts that a policy gave")
    after = CountsSchema()
    changed = serializers.IntegerField(help_text="submissions whose label or action would be another")
    moves = MoveSchema(many=True)
    people = PeopleSchema()
    examples = ExampleSchema(many=True, help_text="the newest that would change, at most 20")
