from django.urls import path

from moderation.clients.api import KeysView, KeyView, MeView, RotateKeyView

urlpatterns = [
    path("me", MeView.as_view(), name="me"),
    path("keys", KeysView.as_view(), name="keys"),
    path("keys/<str:key_id>", KeyView.as_view(), name="key"),
    path("keys/<str:key_id>/rotate", RotateKeyView.as_view(), name="rotate-key"),
]
