"""Every address of the site."""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import LogoutView
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView

from assay import errors, health, languages
from moderation.clients.settings_view import preferences
from moderation.portal.accounts import SignIn

admin.site.site_header = admin.site.site_title = "Assay administration"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("moderation.portal.urls")),
    path("review/", include("moderation.review.urls")),
    path("explore/", include("moderation.insights.explore.urls")),
    path("seals/", include("moderation.intake.seal_urls")),
    path("insights/", include("moderation.insights.urls")),
    path("audit/", include("moderation.insights.audit_urls")),
    path("developers/", include("assay.developers")),
    path("accounts/login/", SignIn.as_view(), name="login"),
    path("accounts/logout/", LogoutView.as_view(), name="logout"),
    path("accounts/settings/", preferences, name="settings"),
    path("language", languages.choose, name="language"),
    path("admin/", admin.site.urls),
    path("api/", include("assay.api")),
    re_path(r"^api/.*$", errors.no_such_endpoint),
    path("problems/", errors.problems, name="problems"),
    path("problems/<slug:slug>", errors.problem, name="problem"),
    path("favicon.ico", RedirectView.as_view(url=f"{settings.STATIC_URL}img/mark.svg")),
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
