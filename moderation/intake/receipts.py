"""Erasing an author, and the receipts of what was erased (HTTP.md, "Submissions")."""

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from foundation import cursors, filters
from foundation.problems import Problem, base_of
from foundation.times import rfc3339
from moderation.clients.authentication import KeyCaller
from moderation.clients.rest import ApiView
from moderation.intake import orders, selectors
from moderation.intake.models import Erasure

LONGEST = 200
FILTERS: dict[str, filters.Narrow] = {
    "submission": filters.exactly("submission"),
    "created_after": filters.moment("created_after", "erased_at__gt"),
    "created_before": filters.moment("created_before", "erased_at__lt"),
}
PARAMETERS = [
    OpenApiParameter("submission"),
    OpenApiParameter("created_after", {"type": "string", "format": "date-time"}, description="erased after"),
    OpenApiParameter("created_before", {"type": "string", "format": "date-time"}, description="erased before"),
    OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}),
    OpenApiParameter("before", description="a cursor: what is older"),
    OpenApiParameter("after", description="a cursor: what is newer"),
]
EXAMPLE = OpenApiExample(
    "a receipt",
    {
        "id": "sub_01kjm3x7q8e9v0h2t4b6n8c1ra",
        "erased": ["events", "findings", "heatmaps", "original", "verdicts"],
        "models_trained_on_it": [],
        "erased_at": "2026-11-21T09:00:00.000000Z",
    },
    response_only=True,
)


class ReceiptSchema(serializers.Serializer[Any]):
    """What is left of an erased submission."""

    id = serializers.CharField(help_text="the submission's")
    erased = serializers.ListField(child=serializers.CharField(), help_text="what there was of it")
    models_trained_on_it = serializers.ListField(child=serializers.CharField())
    erased_at = serializers.DateTimeField()


class ReceiptPageSchema(serializers.Serializer[Any]):
    results = ReceiptSchema(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class OrderSchema(serializers.Serializer[Any]):
    author_id = serializers.CharField()
    submissions = serializers.IntegerField(help_text="how many will be erased")
    links = serializers.DictField(child=serializers.CharField())


class AuthorView(ApiView):
    scopes: ClassVar[dict[str, str]] = {"DELETE": "submit"}

    @extend_schema(operation_id="authors_erase", responses={202: OrderSchema})
    def delete(self, request: Request, author_id: str) -> Response:
        """Erase all that this author submitted until now; receipts follow at ``/erasures``."""
        caller = erasing(request)
        if len(author_id) > LONGEST or "\x00" in author_id:
            raise filters.refused("author_id", f"Must be at most {LONGEST} characters, without U+0000.")
        count = orders.give(caller.client, author_id, actor=caller.actor())
        links = {"erasures": f"{base_of(request)}/api/v1/erasures"}
        return Response({"author_id": author_id, "submissions": count, "links": links}, status=202)


class ErasuresView(ApiView):
    scopes: ClassVar[dict[str, str]] = {"GET": "read"}

    @extend_schema(operation_id="erasures_list", responses=ReceiptPageSchema, parameters=PARAMETERS)
    def get(self, request: Request) -> Response:
        """List the receipts of what was erased, the latest first."""
        rows = selectors.erasures_visible_to(request.user)
        found = filters.narrowed(rows, request.query_params.dict(), FILTERS)
        return Response(cursors.page(request, found, shown))


def erasing(request: Request) -> KeyCaller:
    """Return the caller, a key; raises ``forbidden`` for a person, who belongs to no client."""
    if isinstance(request.user, KeyCaller):
        return request.user
    raise Problem("forbidden", "Erase with a client's key.")


def shown(receipt: Erasure) -> dict[str, Any]:
    return {
        "id": receipt.submission,
        "erased": receipt.erased,
        "models_trained_on_it": receipt.models_trained_on_it,
        "erased_at": rfc3339(receipt.erased_at),
    }
