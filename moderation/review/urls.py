from django.urls import include, path

from moderation.review import case_views, later_views, queue_urls, views
from moderation.review.bulk.urls import urlpatterns as bulk_urls

app_name = "review"
ONE = "cases/<str:case_id>"
urlpatterns = [
    *queue_urls.urlpatterns,
    *bulk_urls,
    path("later", case_views.later, name="later"),
    path(ONE, case_views.case, name="case"),
    path(f"{ONE}/decide", case_views.decide, name="decide"),
    path(f"{ONE}/escalate", case_views.escalate, name="escalate"),
    path(f"{ONE}/skip", case_views.skip, name="skip"),
    path(f"{ONE}/claim", case_views.claim, name="claim"),
    path(f"{ONE}/extend", case_views.extend, name="extend"),
    path(f"{ONE}/reassign", later_views.reassign, name="reassign"),
    path(f"{ONE}/revise", later_views.revise, name="revise"),
    path(f"{ONE}/release", case_views.release, name="release"),
    path(f"{ONE}/revealed", case_views.revealed, name="revealed"),
    path("decisions/<str:decision_id>/undo", case_views.undo, name="undo"),
    path("submissions/<str:submission_id>", views.submission, name="submission"),
    path("quality/", include("moderation.review.quality.urls")),
]
