"""The verdict document, for OpenAPI: what :mod:`moderation.verdicts.document` renders."""

from typing import Any

from rest_framework import serializers

from moderation.intake.models import State
from moderation.matching.models import KnownLabel, MatchKind
from moderation.verdicts.models import Action, DecidedBy, HumanLabel, Label


class ImageSchema(serializers.Serializer[Any]):
    sha256 = serializers.CharField()
    media_type = serializers.CharField()
    bytes = serializers.IntegerField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()


class PolicySchema(serializers.Serializer[Any]):
    name = serializers.CharField()
    version = serializers.IntegerField()


class ReasonSchema(serializers.Serializer[Any]):
    code = serializers.CharField()
    text = serializers.CharField()


class VerdictSchema(serializers.Serializer[Any]):
    label = serializers.ChoiceField(Label.choices)  # type: ignore[assignment]  # a field named as a field option
    action = serializers.ChoiceField(Action.choices)
    confidence = serializers.FloatField(allow_null=True, min_value=0, max_value=1)
    decided_by = serializers.ChoiceField(DecidedBy.choices)
    revision = serializers.IntegerField()
    decided_at = serializers.DateTimeField()
    policy = PolicySchema()
    reasons = ReasonSchema(many=True)


class DecisionSchema(serializers.Serializer[Any]):
    id = serializers.CharField()
    label = serializers.ChoiceField(HumanLabel.choices)  # type: ignore[assignment]  # a field named as a field option
    reason_code = serializers.CharField(allow_null=True)
    revision = serializers.IntegerField(help_text="the verdict that it made")
    decided_at = serializers.DateTimeField()


class ModelNameSchema(serializers.Serializer[Any]):
    name = serializers.CharField()
    version = serializers.CharField()


class LimitsSchema(serializers.Serializer[Any]):
    """Calibrated probabilities from which the policy asks a person, names the class, and blocks."""

    review = serializers.FloatField()
    label = serializers.FloatField()  # type: ignore[assignment]  # a field named as a field option
    block = serializers.FloatField(allow_null=True, help_text="null: never")


class FindingSchema(serializers.Serializer[Any]):
    id = serializers.CharField()
    role = serializers.CharField()
    model = ModelNameSchema()
    label = serializers.ChoiceField(Label.choices)  # type: ignore[assignment]  # a field named as a field option
    probability = serializers.FloatField(min_value=0, max_value=1)
    score = serializers.FloatField()
    thresholds = LimitsSchema()
    box = serializers.ListField(child=serializers.IntegerField(), allow_null=True, min_length=4, max_length=4)
    heatmap_url = serializers.CharField(allow_null=True)
    overlay_url = serializers.CharField(allow_null=True)
    caveats = serializers.ListField(child=serializers.CharField())


class ProvenanceSchema(serializers.Serializer[Any]):
    kind = serializers.CharField(help_text="c2pa, iptc, exif, generator_text or software")
    trust = serializers.CharField(help_text="signed, signed_untrusted or forgeable")
    suggests = serializers.CharField(help_text="ai_generated, edited, camera or nothing")
    summary = serializers.CharField()
    details = serializers.DictField()


class MatchSchema(serializers.Serializer[Any]):
    """A picture that the client knows: the same file, or one that is nearly the same."""

    kind = serializers.ChoiceField(MatchKind.choices)
    submission = serializers.CharField(allow_null=True, help_text="the one that a person decided about")
    known_image = serializers.CharField(allow_null=True, help_text="null: no longer known")
    label = serializers.ChoiceField(KnownLabel.choices)  # type: ignore[assignment]  # a field named as a field option
    distance = serializers.IntegerField(help_text="bits of 256 that differ")


class FailureSchema(serializers.Serializer[Any]):
    """A problem (RFC 9457) that ended the analysis."""

    type = serializers.CharField()
    code = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    instance = serializers.CharField(allow_null=True)


class DocumentLinksSchema(serializers.Serializer[Any]):
    self = serializers.CharField()
    page = serializers.CharField()
    appeal = serializers.CharField(
        allow_null=True,
        help_text="for the picture's author: opens an appeal without an account, and expires; null in events, and "
        "while no verdict stands",
    )


class DocumentSchema(serializers.Serializer[Any]):
    """A submission and what is held of it."""

    schema_version = serializers.IntegerField()
    id = serializers.CharField()
    external_id = serializers.CharField(allow_null=True)
    author_id = serializers.CharField(allow_null=True)
    metadata = serializers.DictField()
    state = serializers.ChoiceField(State.choices)
    created_at = serializers.DateTimeField()
    analysed_at = serializers.DateTimeField(allow_null=True)
    image = ImageSchema(allow_null=True)
    verdict = VerdictSchema(allow_null=True)
    decision = DecisionSchema(allow_null=True)
    findings = FindingSchema(many=True)
    provenance = ProvenanceSchema(many=True)
    matches = MatchSchema(many=True)
    failure = FailureSchema(allow_null=True)
    links = DocumentLinksSchema()


class PageSchema(serializers.Serializer[Any]):
    results = DocumentSchema(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
