"""The page of a person's own settings."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from foundation.languages import remember
from moderation.clients.desk import person_of
from moderation.clients.preferences import forget_keys, keep, preferences_of
from moderation.clients.settings_form import SettingsForm


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def preferences(request: HttpRequest) -> HttpResponse:
    """Show and keep how the signed-in person likes to work."""
    kept = preferences_of(person_of(request))
    if request.method != "POST":
        return render(request, "accounts/settings.html", {"form": SettingsForm(kept)})
    if "usual" in request.POST:
        forget_keys(kept)
        return redirect("settings")
    form = SettingsForm(kept, request.POST)
    if not form.is_valid():
        return render(request, "accounts/settings.html", {"form": form}, status=422)
    keep(kept, {**form.cleaned_data, "keys": form.keys()})
    messages.success(request, _("Your settings are kept."))
    response = redirect("settings")
    remember(response, kept.language)
    return response
