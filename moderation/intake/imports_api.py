"""Imports of URLs (HTTP.md, "Submissions")."""

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from foundation import cursors
from foundation.problems import Problem, base_of
from foundation.times import rfc3339
from moderation.clients.authentication import KeyCaller
from moderation.clients.models import Client
from moderation.clients.rest import ApiView
from moderation.intake import imports
from moderation.intake.models import Import, ImportRow, ImportState, State

ROW_STATES = [*State.values, "refused", "erased"]
PAGING = [
    OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}),
    OpenApiParameter("before", description="a cursor: rows before it"),
    OpenApiParameter("after", description="a cursor: rows after it"),
]


class ImportUpload(serializers.Serializer[Any]):
    file = serializers.FileField(
        max_length=None,
        help_text="`.csv`, whose first line names the columns, or `.jsonl`: `url`, `external_id`, `author_id`, "
        "`metadata`, `priority` (`low` unless said)",
    )


class ImportResultSchema(serializers.Serializer[Any]):
    row = serializers.IntegerField(min_value=1, help_text="the header of a CSV is not counted")
    submission = serializers.CharField(allow_null=True)
    state = serializers.ChoiceField(ROW_STATES, help_text="the submission's, or refused, or erased")
    problem = serializers.DictField(allow_null=True, help_text="why it was refused, or failed")


class ImportSchema(serializers.Serializer[Any]):
    """An import, with a page of its rows' results, the last row first."""

    id = serializers.CharField()
    state = serializers.ChoiceField(ImportState.choices)
    file_name = serializers.CharField()
    rows = serializers.IntegerField()
    done = serializers.IntegerField(help_text="rows that have a result")
    accepted = serializers.IntegerField(help_text="rows that became a submission")
    refused = serializers.IntegerField()
    failure = serializers.DictField(allow_null=True)
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    results = ImportResultSchema(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    links = serializers.DictField(child=serializers.CharField())


EXAMPLE = OpenApiExample(
    "finished",
    {
        "id": "imp_01kjm3x7q8e9v0h2t4b6n8c1ra",
        "state": "finished",
        "file_name": "posts.csv",
        "rows": 1,
        "done": 1,
        "accepted": 1,
        "refused": 0,
        "failure": None,
        "created_at": "2026-11-21T09:00:00.000000Z",
        "finished_at": "2026-11-21T09:00:01.000000Z",
        "results": [{"row": 1, "submission": "sub_01kjm3x7q8e9v0h2t4b6n8c1rb", "state": "queued", "problem": None}],
        "next": None,
        "previous": None,
        "links": {"self": "https://assay.example/api/v1/imports/imp_01kjm3x7q8e9v0h2t4b6n8c1ra"},
    },
    response_only=True,
)


class ImportsView(ApiView):
    scopes: ClassVar[dict[str, str]] = {"POST": "submit"}
    parser_classes = (MultiPartParser,)

    @extend_schema(
        operation_id="imports_create",
        request={"multipart/form-data": ImportUpload},
        responses={202: ImportSchema},
        examples=[EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        """Submit a file of URLs, at most 100,000; a worker reads it, and every row gets a result."""
        client = owner_of(request)
        form = ImportUpload(data=request.data)
        form.is_valid(raise_exception=True)
        file = form.validated_data["file"]
        body = shown(imports.start(client, file.read(), file.name or ""), request)
        return Response(body, status=202, headers={"Location": body["links"]["self"]})


class ImportView(ApiView):
    scopes: ClassVar[dict[str, str]] = {"GET": "read"}

    @extend_schema(operation_id="imports_get", responses=ImportSchema, parameters=PAGING, examples=[EXAMPLE])
    def get(self, request: Request, import_id: str) -> Response:
        """Return how far an import is, with a page of its rows' results, the last row first."""
        found = Import.objects.filter(pk=import_id, client=owner_of(request)).first()
        if found is None:
            raise Problem("not-found", "There is no such import, or it is not yours.")
        return Response(shown(found, request))


def owner_of(request: Request) -> Client:
    """Return the client whose key calls; raises ``forbidden`` for a person, who belongs to no client."""
    if isinstance(request.user, KeyCaller):
        return request.user.client
    raise Problem("forbidden", "Imports belong to a client: use its key.")


def shown(one: Import, request: Request) -> dict[str, Any]:
    base = base_of(request)
    results = one.results.select_related("submission")
    return {
        "id": one.pk,
        "state": one.state,
        "file_name": one.file_name,
        "rows": one.rows,
        "done": one.done,
        "accepted": one.accepted,
        "refused": one.done - one.accepted,
        "failure": absolute(one.failure, base),
        "created_at": rfc3339(one.created_at),
        "finished_at": rfc3339(one.finished_at),
        **cursors.page(request, results, lambda row: result(row, base)),
        "links": {"self": f"{base}/api/v1/imports/{one.pk}"},
    }


def result(row: ImportRow, base: str) -> dict[str, Any]:
    """Return what became of a row; of a submission that failed later, its failure is the problem."""
    submission = row.submission
    gone = "refused" if row.problem else "erased"
    return {
        "row": row.number,
        "submission": submission.pk if submission else None,
        "state": submission.state if submission else gone,
        "problem": absolute(submission.failure if submission else row.problem, base),
    }


def absolute(problem: dict[str, Any] | None, base: str) -> dict[str, Any] | None:
    """Return a stored problem with its type as an address."""
    if problem is None or not problem["type"].startswith("/"):
        return problem
    return {**problem, "type": f"{base}{problem['type']}"}
