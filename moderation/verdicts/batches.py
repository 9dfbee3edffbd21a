"""``POST /submissions/batch`` (HTTP.md): up to a hundred submissions at once, each with an answer of its own."""

from collections.abc import Mapping
from typing import Any, ClassVar

import structlog
from django.db import transaction
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from foundation import problems
from foundation.parsers import StrictJSONParser
from foundation.problems import Problem
from foundation.rest import to_problem
from moderation.clients.models import Client
from moderation.clients.rest import ApiView
from moderation.intake.items import submit_item
from moderation.intake.serializers import SubmissionItem
from moderation.verdicts import document
from moderation.verdicts.api import base_of, submitting
from moderation.verdicts.schema import DocumentSchema

log = structlog.get_logger(__name__)
MOST = 100


class BatchSchema(serializers.Serializer[Any]):
    items = serializers.ListField(child=SubmissionItem(), min_length=1, max_length=MOST)


class BatchResultSchema(serializers.Serializer[Any]):
    """``submission`` where it was accepted, ``problem`` where not."""

    index = serializers.IntegerField(min_value=0)
    status = serializers.IntegerField(help_text="as the item alone would have been answered")
    submission = DocumentSchema(required=False)
    problem = serializers.DictField(required=False)


class BatchAnswerSchema(serializers.Serializer[Any]):
    results = BatchResultSchema(many=True)


EXAMPLE = OpenApiExample(
    "two by URL",
    {
        "items": [
            {"url": "https://pictures.example/1.jpg"},
            {"url": "https://pictures.example/2.jpg", "priority": "low"},
        ]
    },
    request_only=True,
)


class BatchView(ApiView):
    scopes: ClassVar[dict[str, str]] = {"POST": "submit"}
    parser_classes = (StrictJSONParser,)

    @extend_schema(
        operation_id="submissions_batch",
        request=BatchSchema,
        responses={207: BatchAnswerSchema},
        examples=[EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        """Submit up to a hundred images by URL or in base64; one that is refused keeps no other from being taken."""
        client = submitting(request)
        items = items_of(request.data)
        return Response({"results": [self._result(request, client, *one) for one in enumerate(items)]}, status=207)

    def _result(self, request: Request, client: Client, index: int, item: Any) -> dict[str, Any]:
        try:
            with transaction.atomic():
                submission = submit_item(client, item)
        except Exception as error:
            problem = to_problem(error)
            if problem.code == "internal":
                log.exception("batch_item_failed", index=index)
            body = problems.document(placed(problem, index), instance=request.path, base=base_of(request))
            return {"index": index, "status": problem.status, "problem": body}
        return {
            "index": index,
            "status": 202,
            "submission": document.signed(document.unjudged(submission), base_of(request)),
        }


def items_of(body: Any) -> list[Any]:
    """Return the items, whatever each of them is.

    Raises:
        Problem: ``invalid`` when there is no list of 1 to 100 of them.
    """
    items = body.get("items") if isinstance(body, Mapping) else None
    if isinstance(items, list) and 1 <= len(items) <= MOST:
        return items
    fault = {"pointer": "#/items", "detail": f"Must be a list of 1 to {MOST} submissions."}
    raise Problem("invalid", "Some values are not valid.", errors=[fault])


def placed(problem: Problem, index: int) -> Problem:
    """Return the problem of an item, its pointers leading from the whole body."""
    errors = [
        {**one, "pointer": one["pointer"].replace("#", f"#/items/{index}", 1)} if "pointer" in one else dict(one)
        for one in problem.errors
    ]
    return Problem(problem.code, problem.detail, errors=errors)
