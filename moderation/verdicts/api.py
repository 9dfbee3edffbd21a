"""The submissions API (HTTP.md, "Submissions")."""

from typing import ClassVar

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from foundation import cursors
from foundation.problems import Problem
from moderation.clients.authentication import KeyCaller
from moderation.clients.models import Client
from moderation.clients.rest import ApiView
from moderation.intake import erasing, items, receipts, selectors, waiting
from moderation.intake.models import State
from moderation.intake.receipts import ReceiptSchema
from moderation.intake.serializers import SubmissionItem, SubmissionUpload
from moderation.intake.transitions import UNDER_WAY
from moderation.verdicts import document, etags
from moderation.verdicts.filters import filtered
from moderation.verdicts.models import Action, DecidedBy, Label
from moderation.verdicts.schema import DocumentSchema, PageSchema

FILTERS = [
    OpenApiParameter("state", enum=State.values),
    OpenApiParameter("verdict", enum=Label.values),
    OpenApiParameter("action", enum=Action.values),
    OpenApiParameter("decided_by", enum=DecidedBy.values),
    OpenApiParameter("external_id"),
    OpenApiParameter("author_id"),
    OpenApiParameter("sha256"),
    OpenApiParameter("role", description="with a finding of this role"),
    OpenApiParameter("model_version", description="with a finding of a model of this version, or of this id"),
    OpenApiParameter("min_probability", {"type": "number", "minimum": 0, "maximum": 1}),
    OpenApiParameter("max_probability", {"type": "number", "minimum": 0, "maximum": 1}),
    OpenApiParameter("created_after", {"type": "string", "format": "date-time"}),
    OpenApiParameter("created_before", {"type": "string", "format": "date-time"}),
]
PREFER = OpenApiParameter(
    "Prefer",
    location=OpenApiParameter.HEADER,
    description="'wait=N' holds the answer until the verdict is there, or N seconds (1 to 30); RFC 7240",
)
BY_URL = OpenApiExample(
    "by URL", {"url": "https://pictures.example/42.jpg", "external_id": "post-42"}, request_only=True
)


class SubmissionsView(ApiView):
    scopes: ClassVar[dict[str, str]] = {"GET": "read", "POST": "submit"}

    @extend_schema(operation_id="submissions_list", responses=PageSchema, parameters=[*FILTERS, *cursors.PAGING])
    def get(self, request: Request) -> Response:
        """List the client's submissions, newest first."""
        rows = document.complete(filtered(selectors.visible_to(request.user), request.query_params.dict()))
        return Response(cursors.page(request, rows, lambda row: document.signed(row, base_of(request))))

    @extend_schema(
        operation_id="submissions_create",
        request={"multipart/form-data": SubmissionUpload, "application/json": SubmissionItem},
        parameters=[PREFER],
        responses={201: DocumentSchema, 202: DocumentSchema},
        examples=[BY_URL],
    )
    def post(self, request: Request) -> Response:
        """Submit an image as a file, in base64 or by its URL; it is judged by a worker."""
        client = submitting(request)
        form = request.content_type or ""
        submission = (
            items.submit_upload(client, request.data)
            if form.startswith("multipart/")
            else items.submit_item(client, request.data)
        )
        body = document.signed(document.unjudged(submission), base_of(request))
        return Response(body, status=202, headers={"Location": body["links"]["self"]})

    def completed(self, request: Request, response: Response) -> Response:
        """Wait as the caller prefers, once the work is committed; a replayed answer joins the wait."""
        if response.status_code != 202:
            return response
        told = waiting.honour(request._request, response.data["id"])
        if "Preference-Applied" in told:
            submission = selectors.get(request.user, response.data["id"])
            response.data = document.signed(submission, base_of(request))
            response.status_code = 202 if submission.state in UNDER_WAY else 201
        for name, value in told.items():
            response[name] = value
        return response


class SubmissionView(ApiView):
    scopes: ClassVar[dict[str, str]] = {"GET": "read", "DELETE": "submit"}

    @extend_schema(
        operation_id="submissions_get",
        parameters=[OpenApiParameter("If-None-Match", location=OpenApiParameter.HEADER), PREFER],
        responses={200: DocumentSchema, 304: OpenApiResponse(description="It is what the caller has")},
    )
    def get(self, request: Request, submission_id: str) -> Response:
        """Return one submission with its verdict and findings; the ETag covers all of it but the links."""
        submission = selectors.get(request.user, submission_id)
        told = waiting.honour(request._request, submission.pk)
        if "Preference-Applied" in told:
            submission = selectors.get(request.user, submission_id)
        body = document.signed(submission, base_of(request))
        headers = {**told, "ETag": etags.etag_of(body), "Cache-Control": "private, no-cache"}
        if etags.is_known(request, headers["ETag"]):
            return Response(status=304, headers=headers)
        return Response(body, headers=headers)

    @extend_schema(operation_id="submissions_erase", responses={200: ReceiptSchema}, examples=[receipts.EXAMPLE])
    def delete(self, request: Request, submission_id: str) -> Response:
        """Erase a submission with all that hangs on it, and return the receipt; afterwards it is 410."""
        caller = receipts.erasing(request)
        submission = selectors.get(caller, submission_id)
        return Response(receipts.shown(erasing.erase(submission, actor=caller.actor())))


def submitting(request: Request) -> Client:
    """Return the client whose key submits.

    Raises:
        Problem: ``forbidden`` for a person, who belongs to no client.
    """
    if not isinstance(request.user, KeyCaller):
        raise Problem("forbidden", "Submit with a client's key; people use the check page.")
    return request.user.client


def base_of(request: Request) -> str:
    return f"{request.scheme}://{request.get_host()}"
