from django.urls import path

from moderation.review import views

app_name = "review"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("cases/<str:case_id>", views.case, name="case"),
    path("cases/<str:case_id>/decide", views.decide, name="decide"),
    path("cases/<str:case_id>/escalate", views.escalate, name="escalate"),
    path("decisions/<str:decision_id>/undo", views.undo, name="undo"),
    path("submissions/<str:submission_id>", views.submission, name="submission"),
]
