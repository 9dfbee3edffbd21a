"""The request console: the page calls the API itself, with a key that its user pastes or makes for an hour."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from moderation.clients import services
from moderation.clients.desk import for_client, page, person_of
from moderation.clients.models import Client, Scope

LIFETIME = timedelta(hours=1)
NAME = "Console"
SCOPES = (Scope.SUBMIT, Scope.READ)


@require_http_methods(["GET", "HEAD", "POST"])
@for_client
def console(request: HttpRequest, client: Client) -> HttpResponse:
    """Show the console; by POST, with a new key that ends after an hour."""
    secret = ""
    if request.method == "POST":
        ends = timezone.now() + LIFETIME
        _, secret = services.create_key(client, NAME, SCOPES, actor=person_of(request).actor(), expires_at=ends)
    return page(request, client, "console.html", {"secret": secret, "site": settings.SITE_ADDRESS})
