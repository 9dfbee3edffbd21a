"""Where the API's views are mounted."""

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from moderation.analysis.api import HeatmapView, OverlayView
from moderation.events.api import EventsView, EventView
from moderation.intake.api import OriginalView
from moderation.intake.frequency import ResidualView, SpectrumView
from moderation.intake.imports_api import ImportsView, ImportView
from moderation.intake.previews import PreviewView, ThumbnailView
from moderation.intake.receipts import AuthorView, ErasuresView
from moderation.matching.api import KnownImagesView, KnownImageView
from moderation.review.api import AppealListView, AppealsView, AppealView, DecisionsView, ReportListView, ReportsView
from moderation.verdicts.api import SubmissionsView, SubmissionView
from moderation.verdicts.batches import BatchView
from moderation.verdicts.policy_api import PoliciesView, PolicyView, SimulationView

# Swagger UI sets style attributes; its scripts keep to the site's policy.
docs = csp_update({"style-src": [SELF, UNSAFE_INLINE]})(
    SpectacularSwaggerSplitView.as_view(
        url_name="schema", authentication_classes=[], permission_classes=[], http_method_names=["get", "head"]
    )
)
ONE = "v1/submissions/<str:submission_id>"
urlpatterns = [
    path("v1/submissions", SubmissionsView.as_view(), name="submissions"),
    path("v1/submissions/batch", BatchView.as_view(), name="batch"),
    path(ONE, SubmissionView.as_view(), name="submission"),
    path(f"{ONE}/original", OriginalView.as_view(), name="original"),
    path(f"{ONE}/preview.jpg", PreviewView.as_view(), name="preview"),
    path(f"{ONE}/thumbnail.jpg", ThumbnailView.as_view(), name="thumbnail"),
    path(f"{ONE}/spectrum.png", SpectrumView.as_view(), name="spectrum"),
    path(f"{ONE}/residual.png", ResidualView.as_view(), name="residual"),
    path(f"{ONE}/heatmaps/<str:finding_id>.png", HeatmapView.as_view(), name="heatmap"),
    path(f"{ONE}/overlays/<str:finding_id>.png", OverlayView.as_view(), name="overlay"),
    path(f"{ONE}/decisions", DecisionsView.as_view(), name="decisions"),
    path(f"{ONE}/reports", ReportsView.as_view(), name="report"),
    path(f"{ONE}/appeals", AppealsView.as_view(), name="appeal"),
    path("v1/policies", PoliciesView.as_view(), name="policies"),
    path("v1/policies/<str:policy_id>", PolicyView.as_view(), name="policy"),
    path("v1/policies/<str:policy_id>/simulate", SimulationView.as_view(), name="simulation"),
    path("v1/reports", ReportListView.as_view(), name="reports"),
    path("v1/appeals", AppealListView.as_view(), name="appeals"),
    path("v1/appeals/<str:appeal_id>", AppealView.as_view(), name="one-appeal"),
    path("v1/events", EventsView.as_view(), name="events"),
    path("v1/events/<str:event_id>", EventView.as_view(), name="event"),
    path("v1/known_images", KnownImagesView.as_view(), name="known-images"),
    path("v1/known_images/<str:known_id>", KnownImageView.as_view(), name="known-image"),
    path("v1/", include("moderation.webhooks.api.urls")),
    path("v1/", include("moderation.clients.urls")),
    path("v1/imports", ImportsView.as_view(), name="imports"),
    path("v1/imports/<str:import_id>", ImportView.as_view(), name="import"),
    path("v1/authors/<path:author_id>", AuthorView.as_view(), name="author"),
    path("v1/erasures", ErasuresView.as_view(), name="erasures"),
    path("schema/", SpectacularAPIView.as_view(authentication_classes=[], permission_classes=[]), name="schema"),
    path("docs/", docs, name="docs"),
]
