"""The known images API (HTTP.md, "Keys, endpoints, events")."""

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from foundation import cursors, filters
from foundation.problems import Problem, base_of
from foundation.times import rfc3339
from moderation.clients.authentication import KeyCaller
from moderation.clients.rest import ApiView
from moderation.clients.sight import owned
from moderation.intake.fingerprints import fingerprint
from moderation.matching import services
from moderation.matching.models import KnownImage, KnownLabel, KnownSource
from moderation.matching.schema import KnownHashesForm, KnownImagePageSchema, KnownImageSchema, KnownUpload
from moderation.matching.services import Entry

FILTERS: dict[str, filters.Narrow] = {
    "label": filters.choice("label", {label.value: {"label": label} for label in KnownLabel}),
    "source": filters.choice("source", {source.value: {"source": source} for source in KnownSource}),
    "sha256": filters.exactly("sha256"),
}
FILTERING = [
    OpenApiParameter("label", enum=KnownLabel.values),
    OpenApiParameter("source", enum=KnownSource.values),
    OpenApiParameter("sha256"),
]


class KnownImagesView(ApiView):
    scopes: ClassVar[dict[str, str]] = {"GET": "read", "POST": "decide"}

    @extend_schema(
        operation_id="known_images_list", responses=KnownImagePageSchema, parameters=[*FILTERING, *cursors.PAGING]
    )
    def get(self, request: Request) -> Response:
        """List what the client knows, newest first: its bank, and what people decided."""
        rows = filters.narrowed(owned(KnownImage.objects.all(), request.user), request.query_params.dict(), FILTERS)
        return Response(cursors.page(request, rows, shown))

    @extend_schema(
        operation_id="known_images_create",
        request={"application/json": KnownHashesForm, "multipart/form-data": KnownUpload},
        responses={201: KnownImageSchema},
    )
    def post(self, request: Request) -> Response:
        """Put a picture into the client's bank, by its hashes or as a file, of which only the hashes are kept."""
        if not isinstance(request.user, KeyCaller):
            raise Problem("forbidden", "Call with a client's key.")
        multipart = (request.content_type or "").startswith("multipart/")
        entry = _uploaded(request.data) if multipart else _hashed(request.data)
        made = services.add(request.user.client, entry, actor=request.user.actor())
        headers = {"Location": f"{base_of(request)}{request.path}/{made.pk}"}
        return Response(shown(made), status=201, headers=headers)


class KnownImageView(ApiView):
    scopes: ClassVar[dict[str, str]] = {"GET": "read", "DELETE": "decide"}

    @extend_schema(operation_id="known_images_get", responses=KnownImageSchema)
    def get(self, request: Request, known_id: str) -> Response:
        """Return one known image."""
        return Response(shown(_known(request, known_id)))

    @extend_schema(operation_id="known_images_delete", responses={204: None})
    def delete(self, request: Request, known_id: str) -> Response:
        """Forget a known image; submissions that were matched with it keep their matches."""
        caller: Any = request.user
        services.remove(_known(request, known_id), actor=caller.actor())
        return Response(status=204)


def shown(known: KnownImage) -> dict[str, Any]:
    """Return a known image as the API shows it."""
    return {
        "id": known.pk,
        "sha256": known.sha256 or None,
        "phash": known.phash or None,
        "label": known.label,
        "note": known.note,
        "source": known.source,
        "submission": known.submission_id,
        "created_at": rfc3339(known.created_at),
    }


def _known(request: Request, known_id: str) -> KnownImage:
    found = owned(KnownImage.objects.all(), request.user).filter(pk=known_id).first()
    if found is None:
        raise Problem("not-found", "There is no such known image, or it is not yours.")
    return found


def _hashed(data: Any) -> Entry:
    given = _valid(KnownHashesForm(data=data))
    hashes = [bytes.fromhex(given["phash"])] if given["phash"] else []
    return Entry(given["label"], sha256=given["sha256"], hashes=hashes, note=given["note"])


def _uploaded(data: Any) -> Entry:
    given = _valid(KnownUpload(data=data))
    seen = fingerprint(given["file"].read())
    return Entry(given["label"], sha256=seen.sha256, hashes=seen.hashes, crops=seen.crops, note=given["note"])


def _valid(form: serializers.Serializer[Any]) -> dict[str, Any]:
    form.is_valid(raise_exception=True)
    return dict(form.validated_data)
