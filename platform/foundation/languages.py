"""The languages of the pages: which one a browser is to get from now on."""

from django.conf import settings
from django.http import HttpResponseBase


def is_offered(language: str) -> bool:
    """Say whether the pages can be read in this language."""
    return any(language == code for code, _ in settings.LANGUAGES)


def remember(response: HttpResponseBase, language: str) -> None:
    """Let the browser keep ``language``; one that is not offered makes it forget what it kept."""
    if not is_offered(language):
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME, samesite="Lax")
        return
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
