"""Pictures for people's eyes: upright JPEGs that every browser shows, whatever was submitted."""

import io

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from PIL import Image, ImageOps
from rest_framework.request import Request

from detector.colours import to_rgb
from detector.images import read as decode
from moderation.intake import files, limits
from moderation.intake.pictures import PictureView, kept_bytes, picture

PREVIEW_SIDE = 1600
THUMBNAIL_SIDE = 224
JPEG = {(200, "image/jpeg"): OpenApiTypes.BINARY}


def preview(data: bytes) -> bytes:
    """Return the upright picture as JPEG, at most 1600 px on the longer side: the pixels that heatmaps lie on.

    Raises:
        detector.images.ImageRefused: the bytes are no accepted image.
    """
    image = Image.fromarray(decode(data, limits.current()).pixels)
    image.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE), Image.Resampling.LANCZOS)
    return _jpeg(image, quality=92)


def thumbnail(data: bytes) -> bytes:
    """Return a small JPEG, at most 224 px on the longer side; a large JPEG is decoded at a fraction of its size.

    Raises:
        OSError: the bytes are no image.
    """
    with Image.open(io.BytesIO(data)) as image:
        image.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
        upright = ImageOps.exif_transpose(image)
        small = to_rgb(upright)
    return _jpeg(small, quality=80)


def _jpeg(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


class PreviewView(PictureView):
    @extend_schema(operation_id="submissions_preview", responses=JPEG)
    def get(self, request: Request, submission_id: str) -> HttpResponse:
        """Return the upright picture as JPEG, at most 1600 px on its longer side."""
        image = self.image(request, submission_id)
        with kept_bytes():
            return picture(preview(files.read(image)), "image/jpeg", f"{submission_id}-preview.jpg")


class ThumbnailView(PictureView):
    @extend_schema(operation_id="submissions_thumbnail", responses=JPEG)
    def get(self, request: Request, submission_id: str) -> HttpResponse:
        """Return the picture as a small JPEG, at most 224 px on its longer side."""
        image = self.image(request, submission_id)
        with kept_bytes():
            return picture(thumbnail(files.read(image)), "image/jpeg", f"{submission_id}-thumbnail.jpg")
