"""The bodies that webhooks carry, for OpenAPI's ``webhooks`` (HTTP.md, "Webhook bodies"; Standard Webhooks 1.0)."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse, OpenApiWebhook, extend_schema, extend_schema_field
from rest_framework import serializers

from moderation.review.schema import AppealEventSchema, CaseEventSchema
from moderation.verdicts.schema import DocumentSchema, FindingSchema
from moderation.webhooks.event_types import EventType

HEADERS = """Three headers come with the body: `webhook-id` (the event's id, the same over all attempts and replays),
`webhook-timestamp` (Unix seconds of this attempt) and `webhook-signature` (`v1,` and the base64 of HMAC-SHA256 over
`id.timestamp.body`; several, parted by spaces, while a replaced secret signs too). `Assay-Replay: true` is there where
somebody asked for it again. Order is not guaranteed: keep the highest `revision`."""
RECEIVED = {"2XX": OpenApiResponse(description="Received; anything else is tried again, 410 disables the endpoint")}


class ToldDocumentSchema(DocumentSchema):
    """The document, with API paths in place of signed links; what made it larger than 20 kB is left out."""

    findings = FindingSchema(many=True, required=False)
    truncated = serializers.BooleanField(required=False)


class ModelPromotedSchema(serializers.Serializer[Any]):
    """The data of ``model.promoted``, which every client is told."""

    model = serializers.CharField()
    role = serializers.CharField()
    version = serializers.CharField()
    previous = serializers.CharField(allow_null=True)


class EndpointDisabledSchema(serializers.Serializer[Any]):
    """The data of ``endpoint.disabled``, told to the client's other endpoints."""

    endpoint = serializers.CharField()
    url = serializers.CharField()
    reason = serializers.CharField()


class PingSchema(serializers.Serializer[Any]):
    """The data of ``ping``, which a test sends."""

    endpoint = serializers.CharField()


def _told(type_: EventType, summary: str, data: type[serializers.Serializer[Any]]) -> OpenApiWebhook:
    name = "".join(word.capitalize() for word in type_.value.replace(".", "_").split("_"))
    constant = extend_schema_field({"type": "string", "const": type_.value})
    kind = constant(type(f"{name}Type", (serializers.CharField,), {}))
    fields = {"type": kind(), "timestamp": serializers.DateTimeField(), "data": data()}
    body = type(f"{name}Event", (serializers.Serializer,), fields)
    described = extend_schema(
        operation_id=f"webhook_{type_.value.replace('.', '_')}",
        summary=summary,
        request={"application/json": body},
        responses=RECEIVED,
        description=HEADERS,
        tags=["webhooks"],
    )
    return OpenApiWebhook(type_.value, described)


submission_analysed = _told(EventType.SUBMISSION_ANALYSED, "A submission was judged", ToldDocumentSchema)
submission_failed = _told(EventType.SUBMISSION_FAILED, "A submission could not be judged", ToldDocumentSchema)
verdict_revised = _told(EventType.VERDICT_REVISED, "A verdict has another revision", ToldDocumentSchema)
case_escalated = _told(EventType.CASE_ESCALATED, "A case was escalated", CaseEventSchema)
appeal_opened = _told(EventType.APPEAL_OPENED, "An appeal was opened", AppealEventSchema)
appeal_decided = _told(EventType.APPEAL_DECIDED, "An appeal was decided", AppealEventSchema)
model_promoted = _told(EventType.MODEL_PROMOTED, "Another model serves a role", ModelPromotedSchema)
endpoint_disabled = _told(EventType.ENDPOINT_DISABLED, "Assay disabled another endpoint", EndpointDisabledSchema)
ping = _told(EventType.PING, "A test", PingSchema)
