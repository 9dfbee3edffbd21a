"""The original's bytes."""

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from moderation.intake import files
from moderation.intake.pictures import PictureView, kept_bytes, picture


class OriginalView(PictureView):
    @extend_schema(operation_id="submissions_original", responses={(200, "image/*"): OpenApiTypes.BINARY})
    def get(self, request: Request, submission_id: str) -> HttpResponse:
        """Return the bytes that were submitted."""
        image = self.image(request, submission_id)
        with kept_bytes():
            data = files.read(image)
        return picture(data, image.media_type, f"{submission_id}.{image.media_type.partition('/')[2]}")
