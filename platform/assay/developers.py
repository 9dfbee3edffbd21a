"""Where the pages of a client's developer are mounted: ``/developers/``."""

from django.urls import include, path

from moderation.clients import console, desk, views
from moderation.insights import views as insights

app_name = "developers"
ONE = "<slug:slug>"
urlpatterns = [
    path("", desk.first, name="first"),
    path(f"{ONE}/", insights.overview, name="overview"),
    path(f"{ONE}/keys/", views.keys, name="keys"),
    path(f"{ONE}/keys/<str:key_id>", views.key, name="key"),
    path(f"{ONE}/keys/<str:key_id>/rotate", views.rotate, name="rotate-key"),
    path(f"{ONE}/keys/<str:key_id>/revoke", views.revoke, name="revoke-key"),
    path(f"{ONE}/usage/", insights.used, name="usage"),
    path(f"{ONE}/console/", console.console, name="console"),
    path(f"{ONE}/", include("moderation.webhooks.urls")),
]
