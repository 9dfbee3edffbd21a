"""Where the API's views are mounted."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from moderation.analysis.api import HeatmapView, OverlayView
from moderation.intake.api import OriginalView
from moderation.intake.previews import PreviewView, ThumbnailView
from moderation.verdicts.api import SubmissionsView, SubmissionView

ONE = "v1/submissions/<str:submission_id>"
urlpatterns = [
    path("v1/submissions", SubmissionsView.as_view(), name="submissions"),
    path(ONE, SubmissionView.as_view(), name="submission"),
    path(f"{ONE}/original", OriginalView.as_view(), name="original"),
    path(f"{ONE}/preview.jpg", PreviewView.as_view(), name="preview"),
    path(f"{ONE}/thumbnail.jpg", ThumbnailView.as_view(), name="thumbnail"),
    path(f"{ONE}/heatmaps/<str:finding_id>.png", HeatmapView.as_view(), name="heatmap"),
    path(f"{ONE}/overlays/<str:finding_id>.png", OverlayView.as_view(), name="overlay"),
    path("schema/", SpectacularAPIView.as_view(authentication_classes=[], permission_classes=[]), name="schema"),
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(url_name="schema", authentication_classes=[], permission_classes=[]),
        name="docs",
    ),
]
