"""Who is calling: a key as bearer token, or a person's browser session with its CSRF token."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.http import HttpRequest
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.request import Request

from moderation.clients.models import ApiKey, Client
from moderation.clients.services import find_key


@dataclass(frozen=True)
class KeyCaller:
    """What stands in ``request.user`` when a key calls."""

    key: ApiKey
    is_authenticated: ClassVar[bool] = True
    is_active: ClassVar[bool] = True

    @property
    def client(self) -> Client:
        return self.key.client

    @property
    def pk(self) -> str:
        return str(self.key.pk)

    def actor(self) -> str:
        """Return the opaque id under which the key stands in the audit log."""
        return self.pk


def owner_of(caller: Any) -> str:
    """Return the opaque id of whose call it is: the key's client, or the person."""
    owner: str = caller.client.pk if isinstance(caller, KeyCaller) else caller.actor()
    return owner


def key_of(request: HttpRequest) -> ApiKey | None:
    """Return the usable key that the request shows, or None; a request's key is looked up once."""
    if not hasattr(request, "shown_key"):
        secret = _secret_in(request)
        request.shown_key = find_key(secret) if secret is not None else None  # type: ignore[attr-defined]
    found: ApiKey | None = request.shown_key  # type: ignore[attr-defined]
    return found


def _secret_in(request: HttpRequest) -> str | None:
    """Return what stands after ``Bearer`` in the Authorization header, or None where it is none."""
    scheme, _, secret = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else None


class KeyAuthentication(BaseAuthentication):
    """``Authorization: Bearer ask_...``."""

    def authenticate(self, request: Request) -> tuple[KeyCaller, ApiKey] | None:
        if _secret_in(request._request) is None:
            return None
        key = key_of(request._request)
        if key is None:
            raise exceptions.AuthenticationFailed("The key is unknown, expired or revoked.")
        return KeyCaller(key), key

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class BrowserAuthentication(SessionAuthentication):
    """A person's session, CSRF-protected; listed second, so that 401 still asks for a bearer token."""


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "moderation.clients.authentication.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A client's key, 'ask_...'."}


class BrowserScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "moderation.clients.authentication.BrowserAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}
