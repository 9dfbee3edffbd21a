"""Addresses of the queue's page and of saved queues."""

from django.urls import path

from moderation.review import queue_views

urlpatterns = [
    path("", queue_views.queue, name="queue"),
    path("next", queue_views.claim_next, name="claim-next"),
    path("queues/", queue_views.manage, name="queues"),
    path("queues/<str:queue_id>", queue_views.manage, name="queue-edit"),
    path("queues/<str:queue_id>/remove", queue_views.remove, name="queue-remove"),
]
