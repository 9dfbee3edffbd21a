"""What the API takes and gives of decisions, reports and appeals, and what events tell of cases and appeals."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from foundation.fields import TextField
from moderation.review.models import CaseReason, CaseState, Outcome, ReasonCode
from moderation.verdicts.models import HumanLabel
from moderation.verdicts.schema import VerdictSchema

LONGEST_NOTE = 2000
LONGEST_STATEMENT = 4000
BY = ["person", "key"]
SAMPLE_TIME = "2026-11-21T09:00:00.000000Z"


def note_field() -> TextField:
    return TextField(max_length=LONGEST_NOTE, required=False, allow_blank=True, default="")


@extend_schema_serializer(
    examples=[OpenApiExample("Edited", {"label": "edited", "reason_code": "visual_artifacts", "note": "A seam."})]
)
class DecisionForm(serializers.Serializer[Any]):
    """``POST /submissions/{id}/decisions``."""

    label = serializers.ChoiceField(HumanLabel.choices)  # type: ignore[assignment]  # a field named as a field option
    reason_code = serializers.ChoiceField(ReasonCode.choices, required=False, allow_null=True, default=None)
    note = note_field()


@extend_schema_serializer(examples=[OpenApiExample("Wrong", {"expected": "real", "note": "The author sent the raw."})])
class ReportForm(serializers.Serializer[Any]):
    """``POST /submissions/{id}/reports``."""

    expected = serializers.ChoiceField(HumanLabel.choices, help_text="what the client holds to be right")
    note = note_field()


@extend_schema_serializer(examples=[OpenApiExample("Appeal", {"statement": "I took this picture myself."})])
class AppealForm(serializers.Serializer[Any]):
    """``POST /submissions/{id}/appeals``."""

    statement = TextField(max_length=LONGEST_STATEMENT, help_text="what the author says")


class DecisionRowSchema(serializers.Serializer[Any]):
    """A decision: what was decided, how, and what became of it."""

    id = serializers.CharField()
    submission = serializers.CharField()
    label = serializers.ChoiceField(HumanLabel.choices)  # type: ignore[assignment]  # a field named as a field option
    reason_code = serializers.ChoiceField(ReasonCode.choices, allow_null=True)
    note = serializers.CharField(allow_blank=True)
    by = serializers.ChoiceField(BY, help_text="a moderator here, or a key of the client")
    revision = serializers.IntegerField(help_text="the verdict that it made")
    decided_at = serializers.DateTimeField()
    undone_at = serializers.DateTimeField(allow_null=True)


class ReportSchema(serializers.Serializer[Any]):
    """A report that a verdict is wrong; ``upheld`` when the decision names what was expected."""

    id = serializers.CharField()
    submission = serializers.CharField()
    external_id = serializers.CharField(allow_null=True)
    by = serializers.CharField(help_text="client, or visitor: somebody who saw the result on a page")
    expected = serializers.ChoiceField(HumanLabel.choices)
    note = serializers.CharField(allow_blank=True)
    revision = serializers.IntegerField(help_text="of the verdict that is said to be wrong")
    state = serializers.ChoiceField(CaseState.choices)
    outcome = serializers.ChoiceField(Outcome.choices, allow_null=True)
    decision = DecisionRowSchema(allow_null=True)
    created_at = serializers.DateTimeField()


class AppealSchema(serializers.Serializer[Any]):
    """An appeal; ``upheld`` when the decision changed the label or the action, ``rejected`` when both stay."""

    id = serializers.CharField()
    submission = serializers.CharField()
    external_id = serializers.CharField(allow_null=True)
    statement = serializers.CharField()
    revision = serializers.IntegerField(help_text="of the verdict that is appealed")
    state = serializers.ChoiceField(CaseState.choices)
    outcome = serializers.ChoiceField(Outcome.choices, allow_null=True)
    decision = DecisionRowSchema(allow_null=True)
    opened_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    links = serializers.DictField(child=serializers.CharField())


class _PageSchema(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class DecisionPageSchema(_PageSchema):
    results = DecisionRowSchema(many=True)


class ReportPageSchema(_PageSchema):
    results = ReportSchema(many=True)


class AppealPageSchema(_PageSchema):
    results = AppealSchema(many=True)


class CaseToldSchema(serializers.Serializer[Any]):
    id = serializers.CharField()
    state = serializers.ChoiceField(CaseState.choices)
    reason = serializers.ChoiceField(CaseReason.choices)
    opened_at = serializers.DateTimeField()
    escalated_at = serializers.DateTimeField(allow_null=True)


class AppealToldSchema(serializers.Serializer[Any]):
    """An appeal without the author's words, which stand in ``GET /appeals/{id}``."""

    id = serializers.CharField()
    state = serializers.ChoiceField(CaseState.choices)
    outcome = serializers.ChoiceField(Outcome.choices, allow_null=True)
    revision = serializers.IntegerField()
    decision = serializers.CharField(allow_null=True)
    opened_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)


class _ToldSchema(serializers.Serializer[Any]):
    submission = serializers.CharField()
    external_id = serializers.CharField(allow_null=True)
    verdict = VerdictSchema(allow_null=True)
    links = serializers.DictField(child=serializers.CharField())


class CaseEventSchema(_ToldSchema):
    """The data of ``case.escalated``."""

    case = CaseToldSchema()


class AppealEventSchema(_ToldSchema):
    """The data of ``appeal.opened`` and ``appeal.decided``."""

    appeal = AppealToldSchema()
