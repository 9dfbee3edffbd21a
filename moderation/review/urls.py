from django.urls import include, path

from moderation.review import queue_urls, views

app_name = "review"
urlpatterns = [
    *queue_urls.urlpatterns,
    path("cases/<str:case_id>", views.case, name="case"),
    path("cases/<str:case_id>/decide", views.decide, name="decide"),
    path("cases/<str:case_id>/escalate", views.escalate, name="escalate"),
    path("decisions/<str:decision_id>/undo", views.undo, name="undo"),
    path("submissions/<str:submission_id>", views.submission, name="submission"),
    path("quality/", include("moderation.review.quality.urls")),
]
