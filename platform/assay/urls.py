"""Every address of the site."""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import URLPattern, URLResolver, include, path, re_path

from assay import errors, health

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("moderation.portal.urls")),
    path("review/", include("moderation.review.urls")),
    path("accounts/login/", LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("accounts/logout/", LogoutView.as_view(), name="logout"),
    path("admin/", admin.site.urls),
    path("api/", include("assay.api")),
    re_path(r"^api/.*$", errors.no_such_endpoint),
    path("problems/<slug:slug>", errors.problem, name="problem"),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
]
if settings.DEMO:
    urlpatterns.append(path("demo/webhooks", include("assay.sink_urls")))

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
