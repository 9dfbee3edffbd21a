"""The events API (HTTP.md, "Keys, endpoints, events"): the log of what was told."""

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from foundation import cursors, filters
from moderation.clients.rest import ApiView
from moderation.events import selectors
from moderation.events.models import Event
from moderation.events.schema import CREATED, EventPageSchema, EventSchema

CREATED_FILTERS: dict[str, filters.Narrow] = {
    "created_after": filters.moment("created_after", "created_at__gt"),
    "created_before": filters.moment("created_before", "created_at__lt"),
}
FILTERS = {"type": filters.exactly("type"), "subject": filters.exactly("subject"), **CREATED_FILTERS}


class EventsView(ApiView):
    scopes: ClassVar[dict[str, str]] = {"GET": "read"}

    @extend_schema(
        operation_id="events_list",
        responses=EventPageSchema,
        parameters=[OpenApiParameter("type"), OpenApiParameter("subject"), *CREATED, *cursors.PAGING],
    )
    def get(self, request: Request) -> Response:
        """List what was told, newest first; what is held back or was taken back is not among it."""
        rows = filters.narrowed(selectors.told(request.user), request.query_params.dict(), FILTERS)
        return Response(cursors.page(request, rows, shown))


class EventView(ApiView):
    scopes: ClassVar[dict[str, str]] = {"GET": "read"}

    @extend_schema(operation_id="events_get", responses=EventSchema)
    def get(self, request: Request, event_id: str) -> Response:
        """Return one event."""
        return Response(shown(selectors.get(request.user, event_id)))


def shown(event: Event) -> dict[str, Any]:
    """Return an event as the API shows it."""
    return {"id": event.pk, **event.body, "subject": event.subject, "erased_at": event.erased_at}
