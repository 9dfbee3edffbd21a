"""Who is calling: a key as bearer token, or a person's browser session with its CSRF token."""

from dataclasses import dataclass
from typing import Any, ClassVar

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
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


def owner_of(caller: Any) -> str:
    """Return the opaque id of whose call it is: the key's client, or the person."""
    owner: str = caller.client.pk if isinstance(caller, KeyCaller) else caller.actor()
    return owner


class KeyAuthentication(BaseAuthentication):
    """``Authorization: Bearer ask_...``."""

    def authenticate(self, request: Request) -> tuple[KeyCaller, ApiKey] | None:
        scheme, _, secret = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        key = find_key(secret.strip())
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
