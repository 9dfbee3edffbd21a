"""The site's addresses with the demo's own, which exist only where the demo runs."""

from django.urls import include, path

from assay.urls import urlpatterns as site

urlpatterns = [*site, path("demo/webhooks", include("assay.sink_urls"))]
