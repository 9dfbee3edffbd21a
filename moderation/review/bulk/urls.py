"""Addresses of bulk decisions."""

from django.urls import path

from moderation.review.bulk import views

ONE = "bulk/<str:bulk_id>"
urlpatterns = [
    path("bulk/", views.bulks, name="bulks"),
    path("bulk/prepare", views.prepare, name="bulk-prepare"),
    path(ONE, views.bulk, name="bulk"),
    path(f"{ONE}/start", views.start, name="bulk-start"),
    path(f"{ONE}/stop", views.stop, name="bulk-stop"),
    path(f"{ONE}/undo", views.undo, name="bulk-undo"),
]
