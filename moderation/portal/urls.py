from django.urls import path

from moderation.portal import views

app_name = "portal"
urlpatterns = [
    path("", views.check, name="check"),
    path("examples/<str:file>/thumbnail.jpg", views.example_thumbnail, name="example_thumbnail"),
    path("results/<str:submission_id>", views.result, name="result"),
    path("results/<str:submission_id>/status", views.result_status, name="result_status"),
]
