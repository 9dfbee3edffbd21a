from django.urls import path

from moderation.webhooks.api.actions import ReplayView, RotateSecretView, StatisticsView, TestView
from moderation.webhooks.api.deliveries import DeliveriesView, DeliveryReplayView, DeliveryView
from moderation.webhooks.api.endpoints import EndpointsView, EndpointView

ONE = "webhook_endpoints/<str:endpoint_id>"
urlpatterns = [
    path("webhook_endpoints", EndpointsView.as_view(), name="webhook-endpoints"),
    path(ONE, EndpointView.as_view(), name="webhook-endpoint"),
    path(f"{ONE}/rotate_secret", RotateSecretView.as_view(), name="rotate-secret"),
    path(f"{ONE}/test", TestView.as_view(), name="test-endpoint"),
    path(f"{ONE}/replay", ReplayView.as_view(), name="replay"),
    path(f"{ONE}/statistics", StatisticsView.as_view(), name="endpoint-statistics"),
    path("deliveries", DeliveriesView.as_view(), name="deliveries"),
    path("deliveries/<str:delivery_id>", DeliveryView.as_view(), name="delivery"),
    path("deliveries/<str:delivery_id>/replay", DeliveryReplayView.as_view(), name="replay-delivery"),
]
