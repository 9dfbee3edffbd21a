"""What a caller may do: a key by its scopes, a person by role."""

from collections.abc import Mapping
from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from foundation.problems import Problem
from moderation.clients.authentication import KeyCaller
from moderation.clients.models import Person, Scope


class HasScope(BasePermission):
    """Let a call through when the caller has the scope that the view names in ``scopes`` for the method."""

    def has_permission(self, request: Request, view: Any) -> bool:
        scopes: Mapping[str, str] = view.scopes
        method = "GET" if request.method == "HEAD" else request.method
        needed = scopes.get(method or "")
        if not needed:
            return True
        caller = request.user
        if isinstance(caller, KeyCaller):
            return _key_may(caller, needed)
        if isinstance(caller, Person) and caller.is_active:
            return _person_may(caller, needed)
        raise Problem(
            "unauthenticated", "Send a key as 'Authorization: Bearer <key>'.", headers={"WWW-Authenticate": "Bearer"}
        )


def _key_may(caller: KeyCaller, needed: str) -> bool:
    if needed in caller.key.scopes:
        return True
    raise Problem("forbidden", f"This key lacks the scope '{needed}'.")


def _person_may(person: Person, needed: str) -> bool:
    allowed = person.may_read() if needed == Scope.READ else person.may_review() and needed == Scope.DECIDE
    if allowed:
        return True
    raise Problem("forbidden", f"Your role does not include '{needed}'.")
