"""The pages of a client's endpoints and deliveries, below ``/developers/<client>/``."""

from django.urls import path

from moderation.webhooks import log_views, views

ENDPOINT = "endpoints/<str:endpoint_id>"
DELIVERY = "deliveries/<str:delivery_id>"
urlpatterns = [
    path("endpoints/", views.endpoints, name="endpoints"),
    path(ENDPOINT, views.endpoint, name="endpoint"),
    path(f"{ENDPOINT}/switch", views.switch, name="switch-endpoint"),
    path(f"{ENDPOINT}/rotate", views.rotate, name="rotate-endpoint"),
    path(f"{ENDPOINT}/test", views.test, name="test-endpoint"),
    path(f"{ENDPOINT}/replay", views.replay, name="replay-endpoint"),
    path(f"{ENDPOINT}/delete", views.delete, name="delete-endpoint"),
    path("deliveries/", log_views.deliveries, name="deliveries"),
    path(DELIVERY, log_views.delivery, name="delivery"),
    path(f"{DELIVERY}/replay", log_views.replay, name="replay-delivery"),
]
