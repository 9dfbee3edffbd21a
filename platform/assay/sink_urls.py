"""Addresses of the demo only."""

from django.urls import path

from assay import sink

app_name = "demo"
urlpatterns = [path("", sink.webhooks, name="webhooks")]
