"""The log of deliveries, and one of them again."""

from typing import ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from foundation import cursors, filters
from foundation.parsers import StrictJSONParser
from moderation.clients.rest import ApiView
from moderation.events.api import CREATED_FILTERS
from moderation.events.schema import CREATED
from moderation.webhooks import presentation, replays, selectors
from moderation.webhooks.api.endpoints import actor_of
from moderation.webhooks.models import State
from moderation.webhooks.schema import DeliveryPageSchema, DeliverySchema, QueuedOneSchema

FILTERS: dict[str, filters.Narrow] = {
    "state": filters.choice("state", {state.value: {"state": state} for state in State}),
    "endpoint": filters.exactly("endpoint"),
    "event": filters.exactly("event"),
    "type": filters.exactly("event__type"),
    **CREATED_FILTERS,
}
NAMED = [OpenApiParameter(name) for name in ("endpoint", "event", "type")]


class DeliveriesView(ApiView):
    scopes: ClassVar[dict[str, str]] = {"GET": "read"}

    @extend_schema(
        operation_id="deliveries_list",
        responses=DeliveryPageSchema,
        parameters=[OpenApiParameter("state", enum=State.values), *NAMED, *CREATED, *cursors.PAGING],
    )
    def get(self, request: Request) -> Response:
        """List the client's deliveries with their attempts, the newest first."""
        rows = filters.narrowed(selectors.deliveries(request.user), request.query_params.dict(), FILTERS)
        return Response(cursors.page(request, rows, presentation.delivery))


class DeliveryView(ApiView):
    scopes: ClassVar[dict[str, str]] = {"GET": "read"}

    @extend_schema(operation_id="deliveries_get", responses=DeliverySchema)
    def get(self, request: Request, delivery_id: str) -> Response:
        """Return one delivery with its attempts."""
        return Response(presentation.delivery(selectors.delivery(request.user, delivery_id)))


class DeliveryReplayView(ApiView):
    scopes: ClassVar[dict[str, str]] = {"POST": "manage"}
    parser_classes = (StrictJSONParser,)

    @extend_schema(operation_id="deliveries_replay", request=None, responses={202: QueuedOneSchema})
    def post(self, request: Request, delivery_id: str) -> Response:
        """Send a delivery again, with the same ``webhook-id`` and ``Assay-Replay: true``."""
        delivery = selectors.delivery(request.user, delivery_id)
        replays.replay(delivery, actor=actor_of(request))
        return Response(presentation.queued(delivery), status=202)
