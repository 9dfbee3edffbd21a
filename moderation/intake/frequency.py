"""What an eye does not see of a picture, drawn when asked for: its spectrum and its residual."""

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from detector.explain.frequency import residual_png, spectrum_png
from detector.images import read as decode
from moderation.intake import files, limits
from moderation.intake.pictures import PictureView, kept_bytes, picture

PNG = {(200, "image/png"): OpenApiTypes.BINARY}


class SpectrumView(PictureView):
    @extend_schema(operation_id="submissions_spectrum", responses=PNG)
    def get(self, request: Request, submission_id: str) -> HttpResponse:
        """Return the log-magnitude spectrum of the upright picture, grey, square, at most 512 px a side."""
        image = self.image(request, submission_id)
        with kept_bytes():
            pixels = decode(files.read(image), limits.current()).pixels
        return picture(spectrum_png(pixels), "image/png", f"{submission_id}-spectrum.png")


class ResidualView(PictureView):
    @extend_schema(operation_id="submissions_residual", responses=PNG)
    def get(self, request: Request, submission_id: str) -> HttpResponse:
        """Return how far each pixel of the upright picture is from its neighbours, grey, at most 1600 px long."""
        image = self.image(request, submission_id)
        with kept_bytes():
            pixels = decode(files.read(image), limits.current()).pixels
        return picture(residual_png(pixels), "image/png", f"{submission_id}-residual.png")
