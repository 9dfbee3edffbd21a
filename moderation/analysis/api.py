"""Heatmaps and overlays, drawn when asked for."""

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from detector.explain import draw
from detector.images import read as decode
from foundation.problems import Problem
from moderation.analysis.models import Heatmap
from moderation.analysis.results import map_of
from moderation.intake import files, limits
from moderation.intake.models import Submission
from moderation.intake.pictures import PictureView, kept_bytes, picture

PNG = {(200, "image/png"): OpenApiTypes.BINARY}


def heatmap_of(submission: Submission, finding_id: str) -> Heatmap:
    found = Heatmap.objects.filter(finding=finding_id, finding__submission=submission).first()
    if found is None:
        raise Problem("not-found", "There is no such heatmap.")
    return found


class HeatmapView(PictureView):
    @extend_schema(operation_id="submissions_heatmap", responses=PNG)
    def get(self, request: Request, submission_id: str, finding_id: str) -> HttpResponse:
        """Return the finding's map alone, transparent where the model did not look, as large as the overlay."""
        row = heatmap_of(self.submission(request, submission_id), finding_id)
        return picture(draw.heatmap_png(map_of(row)), "image/png", f"{finding_id}-heatmap.png")


class OverlayView(PictureView):
    @extend_schema(operation_id="submissions_overlay", responses=PNG)
    def get(self, request: Request, submission_id: str, finding_id: str) -> HttpResponse:
        """Return the upright original with the finding's map over it, at most 1600 px on the longer side."""
        submission = self.submission(request, submission_id)
        row = heatmap_of(submission, finding_id)
        with kept_bytes():
            image = decode(files.read(submission.picture), limits.current())
        return picture(draw.overlay_png(image.pixels, map_of(row)), "image/png", f"{finding_id}-overlay.png")
