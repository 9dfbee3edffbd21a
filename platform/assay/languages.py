"""In which language a request is answered, and how a visitor chooses another one.

The API speaks English to everybody: programs compare its words, and logs quote them.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from assay import errors
from foundation.languages import is_offered
from moderation.clients.models import Person
from moderation.clients.preferences import keep_language


class LanguageMiddleware:
    """Speak the language of the browser's cookie, or the one that it asks for; English under /api/."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if errors.is_api(request):
            with translation.override(settings.LANGUAGE_CODE):
                return self.get_response(request)
        language = translation.get_language_from_request(request)
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ["Accept-Language", "Cookie"])
        return response


def switch(request: HttpRequest) -> dict[str, Any]:
    """Return what the language switch of a page needs: what is offered, and where to come back to."""
    came_from = request.headers.get("Referer", "/")
    page = request.get_full_path() if request.method in {"GET", "HEAD"} else came_from
    return {"languages": settings.LANGUAGES, "page_address": page}


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Remember the chosen language in the browser and, of somebody signed in, in their preferences."""
    language, user = request.POST.get("language", ""), request.user
    if not is_offered(language):
        raise BadRequest("The pages are not offered in this language.")
    if isinstance(user, Person):
        keep_language(user, language)
    return set_language(request)
