"""The submissions API (HTTP.md, "Submissions")."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.dateparse import parse_datetime
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from foundation import cursors
from foundation.problems import Problem
from moderation.clients.authentication import KeyCaller
from moderation.clients.rest import ApiView
from moderation.intake import selectors
from moderation.intake.models import Source, State, Submission
from moderation.intake.serializers import SubmissionForm
from moderation.intake.services import Particulars, submit
from moderation.verdicts import document
from moderation.verdicts.models import Action, DecidedBy, Label
from moderation.verdicts.schema import DocumentSchema, PageSchema

Rows = QuerySet[Submission]
Filter = Callable[[Rows, str], Rows]


class SubmissionsView(ApiView):
    scopes: ClassVar[dict[str, str]] = {"GET": "read", "POST": "submit"}
    parser_classes = (MultiPartParser,)

    @extend_schema(
        operation_id="submissions_list",
        responses=PageSchema,
        parameters=[OpenApiParameter(name) for name in ("state", "verdict", "action", "decided_by", "external_id")]
        + [OpenApiParameter(name) for name in ("author_id", "sha256", "created_after", "created_before")]
        + [OpenApiParameter("limit", int), OpenApiParameter("before"), OpenApiParameter("after")],
    )
    def get(self, request: Request) -> Response:
        """List the client's submissions, newest first."""
        rows = document.complete(filtered(selectors.visible_to(request.user), request.query_params.dict()))
        return Response(cursors.page(request, rows, lambda row: document.signed(row, base_of(request))))

    @extend_schema(operation_id="submissions_create", request=SubmissionForm, responses={202: DocumentSchema})
    def post(self, request: Request) -> Response:
        """Submit an image; it is judged by a worker."""
        if not isinstance(request.user, KeyCaller):
            raise Problem("forbidden", "Submit with a client's key; people use the check page.")
        form = SubmissionForm(data=request.data)
        form.is_valid(raise_exception=True)
        given = dict(form.validated_data)
        file = given.pop("file")
        particulars = Particulars(source=Source.API, file_name=file.name or "", **given)
        submission = submit(request.user.client, file.read(), particulars)
        body = document.signed(submission, base_of(request))
        return Response(body, status=202, headers={"Location": body["links"]["self"]})


class SubmissionView(ApiView):
    scopes: ClassVar[dict[str, str]] = {"GET": "read"}

    @extend_schema(operation_id="submissions_get", responses=DocumentSchema)
    def get(self, request: Request, submission_id: str) -> Response:
        """Return one submission with its verdict and findings."""
        submission = selectors.get(request.user, submission_id)
        return Response(document.signed(submission, base_of(request)))


def base_of(request: Request) -> str:
    return f"{request.scheme}://{request.get_host()}"


def filtered(rows: Rows, query: dict[str, str]) -> Rows:
    """Apply the filters of HTTP.md.

    Raises:
        Problem: ``invalid`` for a filter that is unknown or a value that cannot be.
    """
    for name, value in query.items():
        if name in {"limit", "before", "after"}:
            continue
        if name not in FILTERS or "\x00" in value:
            raise _invalid(name, "There is no such filter." if name not in FILTERS else "Must not contain U+0000.")
        rows = FILTERS[name](rows, value)
    return rows


def _invalid(name: str, detail: str) -> Problem:
    return Problem("invalid", "Some values are not valid.", errors=[{"parameter": name, "detail": detail}])


def _choice(name: str, column: str, allowed: list[str]) -> Filter:
    def apply(rows: Rows, value: str) -> Rows:
        if value not in allowed:
            raise _invalid(name, f"Must be one of {', '.join(allowed)}.")
        current: dict[str, Any] = {"verdicts__is_current": True} if column.startswith("verdicts__") else {}
        return rows.filter(**current, **{column: value})

    return apply


def _exactly(column: str) -> Filter:
    return lambda rows, value: rows.filter(**{column: value})


def _time(name: str, column: str) -> Filter:
    return lambda rows, value: rows.filter(**{column: _parsed_time(name, value)})


def _parsed_time(name: str, value: str) -> datetime:
    try:
        found = parse_datetime(value)
        if found is not None and found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise _invalid(name, "Must be an RFC 3339 time such as 2026-11-21T09:00:00Z.")


FILTERS: dict[str, Filter] = {
    "state": _choice("state", "state", State.values),
    "verdict": _choice("verdict", "verdicts__label", Label.values),
    "action": _choice("action", "verdicts__action", Action.values),
    "decided_by": _choice("decided_by", "verdicts__decided_by", DecidedBy.values),
    "external_id": _exactly("external_id"),
    "author_id": _exactly("author_id"),
    "sha256": _exactly("image__sha256"),
    "created_after": _time("created_after", "created_at__gt"),
    "created_before": _time("created_before", "created_at__lt"),
}
