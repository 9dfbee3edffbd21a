"""A client's webhook endpoints: make, change, delete."""

from typing import Any, ClassVar

from django.db import transaction
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from foundation import cursors, filters
from foundation.parsers import StrictJSONParser
from foundation.problems import Problem
from moderation.clients.authentication import KeyCaller
from moderation.clients.models import Client
from moderation.clients.rest import ApiView
from moderation.webhooks import presentation, selectors, services
from moderation.webhooks.forms import EndpointChange, EndpointForm
from moderation.webhooks.models import Endpoint
from moderation.webhooks.schema import EndpointPageSchema, EndpointSchema

SWITCH = {"true": {"enabled": True}, "false": {"enabled": False}}
FILTERS = {"enabled": filters.choice("enabled", SWITCH)}


class EndpointsView(ApiView):
    scopes: ClassVar[dict[str, str]] = {"GET": "manage", "POST": "manage"}
    parser_classes = (StrictJSONParser,)

    @extend_schema(
        operation_id="webhook_endpoints_list",
        responses=EndpointPageSchema,
        parameters=[OpenApiParameter("enabled", enum=list(SWITCH)), *cursors.PAGING],
    )
    def get(self, request: Request) -> Response:
        """List the client's endpoints, the newest first."""
        rows = filters.narrowed(selectors.endpoints(request.user), request.query_params.dict(), FILTERS)
        return Response(cursors.page(request, rows, presentation.endpoint))

    @extend_schema(operation_id="webhook_endpoints_create", request=EndpointForm, responses={201: EndpointSchema})
    def post(self, request: Request) -> Response:
        """Register an endpoint. Its secret is in this answer and never again."""
        given = valid(EndpointForm(data=request.data))
        enabled = given.pop("enabled", True)
        actor = actor_of(request)
        with transaction.atomic():
            made = services.create_endpoint(client_of(request), given.pop("url"), actor=actor, **given)
            if not enabled:
                services.disable(made, services.BY_OWNER, actor=actor)
                made.refresh_from_db()
        location = request.build_absolute_uri(f"{request.path}/{made.pk}")
        body = presentation.endpoint(made, with_secret=True)
        return Response(body, status=201, headers={"Location": location, "Cache-Control": "no-store"})


class EndpointView(ApiView):
    scopes: ClassVar[dict[str, str]] = {"GET": "manage", "PATCH": "manage", "DELETE": "manage"}
    parser_classes = (StrictJSONParser,)

    @extend_schema(operation_id="webhook_endpoints_get", responses=EndpointSchema)
    def get(self, request: Request, endpoint_id: str) -> Response:
        """Return one endpoint with its health."""
        return Response(presentation.endpoint(selectors.endpoint(request.user, endpoint_id)))

    @extend_schema(operation_id="webhook_endpoints_update", request=EndpointChange, responses=EndpointSchema)
    def patch(self, request: Request, endpoint_id: str) -> Response:
        """Change what is named, all or nothing. Disabling fails what waits; enabling forgets past failures."""
        found = selectors.endpoint(request.user, endpoint_id)
        given = valid(EndpointChange(data=request.data))
        return Response(presentation.endpoint(_changed(found, given, actor_of(request))))

    @extend_schema(operation_id="webhook_endpoints_delete", responses={204: None})
    def delete(self, request: Request, endpoint_id: str) -> Response:
        """Delete an endpoint with its deliveries and their attempts."""
        services.remove(selectors.endpoint(request.user, endpoint_id), actor=actor_of(request))
        return Response(status=204)


@transaction.atomic
def _changed(found: Endpoint, given: dict[str, Any], actor: str) -> Endpoint:
    endpoint = Endpoint.objects.select_for_update(no_key=True).get(pk=found.pk)
    enabled = given.pop("enabled", None)
    for name, value in given.items():
        setattr(endpoint, name, value)
    if given:
        services.change(endpoint, actor=actor)
    if enabled is True:
        services.enable(endpoint, actor=actor)
    if enabled is False:
        services.disable(endpoint, services.BY_OWNER, actor=actor)
    endpoint.refresh_from_db()
    return endpoint


def valid(form: Any) -> dict[str, Any]:
    form.is_valid(raise_exception=True)
    return dict(form.validated_data)


def client_of(request: Request) -> Client:
    """Return the client whose key calls.

    Raises:
        Problem: ``forbidden`` for a person, who belongs to no client.
    """
    if isinstance(request.user, KeyCaller):
        return request.user.client
    raise Problem("forbidden", "Use a client's key; people use the developers' pages.")


def actor_of(request: Request) -> str:
    """Return the opaque id under which the caller stands in the audit log."""
    caller: Any = request.user
    return caller.pk if isinstance(caller, KeyCaller) else str(caller.actor())
