"""Decisions, reports and appeals (HTTP.md, "Submissions")."""

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from foundation import cursors, filters
from foundation.parsers import StrictJSONParser
from foundation.problems import Problem, base_of
from moderation.clients.authentication import KeyCaller
from moderation.clients.models import ApiKey
from moderation.clients.rest import ApiView
from moderation.clients.sight import owned
from moderation.intake import selectors as submissions
from moderation.review import objections, presentation, services
from moderation.review.decisions import Choice
from moderation.review.models import Appeal, CaseState, Decision, Outcome, Report
from moderation.review.rights import Decider
from moderation.review.schema import (
    AppealForm,
    AppealPageSchema,
    AppealSchema,
    DecisionForm,
    DecisionPageSchema,
    DecisionRowSchema,
    ReportForm,
    ReportPageSchema,
    ReportSchema,
)
from moderation.verdicts.document import path_of

STATE = OpenApiParameter("state", enum=CaseState.values)
ABOUT = [STATE, OpenApiParameter("submission"), OpenApiParameter("external_id")]
EVERY_LIST: Mapping[str, filters.Narrow] = {
    "submission": filters.exactly("submission"),
    "external_id": filters.exactly("submission__external_id"),
}
REPORT_FILTERS = {
    **EVERY_LIST,
    "state": filters.choice("state", {"open": {"decision": None}, "decided": {"decision__isnull": False}}),
}
APPEAL_FILTERS = {
    **EVERY_LIST,
    "state": filters.choice("state", {"open": {"decided_at": None}, "decided": {"decided_at__isnull": False}}),
    "outcome": filters.choice("outcome", {outcome.value: {"outcome": outcome} for outcome in Outcome}),
}


class DecisionsView(ApiView):
    scopes: ClassVar[dict[str, str]] = {"GET": "read", "POST": "decide"}
    parser_classes = (StrictJSONParser,)

    @extend_schema(operation_id="decisions_list", responses=DecisionPageSchema, parameters=cursors.PAGING)
    def get(self, request: Request, submission_id: str) -> Response:
        """List what was decided on a submission, the newest first; what was undone too."""
        submission = submissions.get(request.user, submission_id)
        rows = filters.narrowed(Decision.objects.filter(submission=submission), request.query_params.dict(), {})
        return Response(cursors.page(request, rows, presentation.decision))

    @extend_schema(operation_id="decisions_create", request=DecisionForm, responses={201: DecisionRowSchema})
    def post(self, request: Request, submission_id: str) -> Response:
        """Decide; the verdict gets a further revision, told at once where a key decides.

        A person's decision waits for the retraction window, and a case that was decided is a 409 to people.
        """
        submission = submissions.get(request.user, submission_id)
        given = _valid(DecisionForm(data=request.data))
        choice = Choice(given["label"], given["reason_code"] or "", given["note"])
        made = services.decide_submission(submission, _decider(request), choice)
        location = f"{base_of(request)}{path_of(submission)}/decisions"
        return Response(presentation.decision(made), status=201, headers={"Location": location})


class ReportsView(ApiView):
    scopes: ClassVar[dict[str, str]] = {"POST": "submit"}
    parser_classes = (StrictJSONParser,)

    @extend_schema(operation_id="reports_create", request=ReportForm, responses={201: ReportSchema})
    def post(self, request: Request, submission_id: str) -> Response:
        """Say that the verdict is wrong; a case opens, or moves up in the queue."""
        submission = submissions.get(request.user, submission_id)
        made = objections.report(submission, _key(request), **_valid(ReportForm(data=request.data)))
        return Response(presentation.report(made), status=201)


class AppealsView(ApiView):
    scopes: ClassVar[dict[str, str]] = {"POST": "submit"}
    parser_classes = (StrictJSONParser,)

    @extend_schema(operation_id="appeals_create", request=AppealForm, responses={201: AppealSchema})
    def post(self, request: Request, submission_id: str) -> Response:
        """Appeal on behalf of the author; one appeal of a submission can be open at a time.

        Somebody else than who made the standing decision decides it.
        """
        submission = submissions.get(request.user, submission_id)
        made = objections.appeal(submission, _key(request), **_valid(AppealForm(data=request.data)))
        body = presentation.appeal(made, base_of(request))
        return Response(body, status=201, headers={"Location": body["links"]["self"]})


class ReportListView(ApiView):
    scopes: ClassVar[dict[str, str]] = {"GET": "read"}

    @extend_schema(operation_id="reports_list", responses=ReportPageSchema, parameters=[*ABOUT, *cursors.PAGING])
    def get(self, request: Request) -> Response:
        """List the client's reports with their outcome, the newest first."""
        rows = owned(Report.objects.select_related("submission", "decision"), request.user)
        rows = filters.narrowed(rows, request.query_params.dict(), REPORT_FILTERS)
        return Response(cursors.page(request, rows, presentation.report))


class AppealListView(ApiView):
    scopes: ClassVar[dict[str, str]] = {"GET": "read"}

    @extend_schema(
        operation_id="appeals_list",
        responses=AppealPageSchema,
        parameters=[OpenApiParameter("outcome", enum=Outcome.values), *ABOUT, *cursors.PAGING],
    )
    def get(self, request: Request) -> Response:
        """List the client's appeals with their outcome, the newest first."""
        rows = owned(Appeal.objects.select_related("submission", "decision"), request.user)
        rows = filters.narrowed(rows, request.query_params.dict(), APPEAL_FILTERS)
        return Response(cursors.page(request, rows, lambda row: presentation.appeal(row, base_of(request))))


class AppealView(ApiView):
    scopes: ClassVar[dict[str, str]] = {"GET": "read"}

    @extend_schema(operation_id="appeals_get", responses=AppealSchema)
    def get(self, request: Request, appeal_id: str) -> Response:
        """Return one appeal with its outcome."""
        rows = owned(Appeal.objects.select_related("submission", "decision"), request.user)
        found = rows.filter(pk=appeal_id).first()
        if found is None:
            raise Problem("not-found", "There is no such appeal, or it is not yours.")
        return Response(presentation.appeal(found, base_of(request)))


def _valid(form: Any) -> dict[str, Any]:
    form.is_valid(raise_exception=True)
    return dict(form.validated_data)


def _decider(request: Request) -> Decider:
    caller: Any = request.user
    return caller.key if isinstance(caller, KeyCaller) else caller


def _key(request: Request) -> ApiKey:
    if isinstance(request.user, KeyCaller):
        return request.user.key
    raise Problem("forbidden", "Use a client's key.")
