from django.urls import path

from moderation.insights.explore import views

app_name = "explore"
urlpatterns = [
    path("", views.explore, name="explore"),
    path("export.<str:form>", views.export, name="export"),
    path("views", views.save, name="save"),
    path("views/<str:view_id>/forget", views.forget, name="forget"),
    path("archives", views.archive_list, name="archives"),
    path("archives/<str:archive_id>.zip", views.download, name="download"),
    path("archives/<str:archive_id>/remove", views.discard, name="discard"),
]
