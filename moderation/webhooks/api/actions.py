"""What can be done with an endpoint besides changing it: a new secret, a test, a replay; and how it has been doing."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from foundation.filters import refused
from foundation.parsers import StrictJSONParser
from moderation.clients.rest import ApiView
from moderation.webhooks import presentation, replays, selectors, statistics
from moderation.webhooks.api.endpoints import actor_of, valid
from moderation.webhooks.forms import ReplayForm, RotationForm
from moderation.webhooks.rotation import rotate_secret
from moderation.webhooks.schema import EndpointSchema, QueuedOneSchema, QueuedSchema, StatisticsSchema

DAY = timedelta(days=1)
MANAGE = {"POST": "manage"}


class RotateSecretView(ApiView):
    scopes: ClassVar[dict[str, str]] = MANAGE
    parser_classes = (StrictJSONParser,)

    @extend_schema(operation_id="webhook_endpoints_rotate_secret", request=RotationForm, responses=EndpointSchema)
    def post(self, request: Request, endpoint_id: str) -> Response:
        """Give the endpoint a new secret, in this answer and never again; the old one signs too for a while."""
        endpoint = selectors.endpoint(request.user, endpoint_id)
        overlap = timedelta(seconds=valid(RotationForm(data=request.data))["overlap_seconds"])
        rotated = rotate_secret(endpoint, overlap=overlap, actor=actor_of(request))
        body = presentation.endpoint(rotated, with_secret=True)
        return Response(body, headers={"Cache-Control": "no-store"})


class TestView(ApiView):
    scopes: ClassVar[dict[str, str]] = MANAGE
    parser_classes = (StrictJSONParser,)

    @extend_schema(operation_id="webhook_endpoints_test", request=None, responses={202: QueuedOneSchema})
    def post(self, request: Request, endpoint_id: str) -> Response:
        """Send a ``ping`` to this endpoint alone, whatever types it chose."""
        endpoint = selectors.endpoint(request.user, endpoint_id)
        delivery = replays.test(endpoint, actor=actor_of(request))
        return Response(presentation.queued(delivery), status=202)


class ReplayView(ApiView):
    scopes: ClassVar[dict[str, str]] = MANAGE
    parser_classes = (StrictJSONParser,)

    @extend_schema(operation_id="webhook_endpoints_replay", request=ReplayForm, responses={202: QueuedSchema})
    def post(self, request: Request, endpoint_id: str) -> Response:
        """Send again what was told in a time, also what this endpoint missed while it was disabled or not made yet.

        Receivers see the same ``webhook-id`` as the first time, and ``Assay-Replay: true``.
        """
        endpoint = selectors.endpoint(request.user, endpoint_id)
        given = valid(ReplayForm(data=request.data))
        given.setdefault("until", timezone.now())
        queued = replays.replay_range(endpoint, **given, actor=actor_of(request))
        return Response({"queued": queued}, status=202)


class StatisticsView(ApiView):
    scopes: ClassVar[dict[str, str]] = {"GET": "manage"}

    @extend_schema(
        operation_id="webhook_endpoints_statistics",
        responses=StatisticsSchema,
        parameters=[
            OpenApiParameter(
                "since", {"type": "string", "format": "date-time"}, description="a day ago, where it is left out"
            )
        ],
    )
    def get(self, request: Request, endpoint_id: str) -> Response:
        """Say how the endpoint's deliveries went that were queued since a time."""
        endpoint = selectors.endpoint(request.user, endpoint_id)
        return Response(presentation.statistics(statistics.of(endpoint, _since(request))))


def _since(request: Request) -> datetime:
    for name in request.query_params:
        if name != "since":
            raise refused(name, "There is no such parameter.")
    given = request.query_params.get("since")
    if given is None:
        return timezone.now() - DAY
    try:
        return serializers.DateTimeField().to_internal_value(given)
    except serializers.ValidationError as error:
        raise refused("since", "Must be an RFC 3339 time such as 2026-11-21T09:00:00Z.") from error
