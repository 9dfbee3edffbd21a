"""What a caller may do: a key by its scopes, a person by role."""

from collections.abc import Mapping
from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from foundation.problems import Problem
from moderation.clients.authentication import KeyCaller
from moderation.clients.models import Person, Scope

ANY = "any"  # in a view's scopes: whoever is known may call


class HasScope(BasePermission):
    """Let a call through when the caller has the scope that the view names in ``scopes`` for the method.

    A view that has the method and names no scope for it fails: nothing is open because somebody forgot.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        method = "GET" if request.method == "HEAD" else request.method or ""
        if method == "OPTIONS" or not hasattr(view, method.lower()):
            return True
        scopes: Mapping[str, str] = view.scopes
        needed = scopes[method]
        caller = request.user
        if isinstance(caller, KeyCaller):
            return needed in {ANY, *scopes_of(caller)} or refuse(f"This key lacks the scope '{needed}'.")
        if isinstance(caller, Person) and caller.is_active:
            return needed in {ANY, *scopes_of(caller)} or refuse(f"Your role does not include '{needed}'.")
        raise Problem(
            "unauthenticated", "Send a key as 'Authorization: Bearer <key>'.", headers={"WWW-Authenticate": "Bearer"}
        )


def scopes_of(caller: KeyCaller | Person) -> list[str]:
    """Return what a caller may do: the key's scopes, or what the person's roles amount to."""
    if isinstance(caller, KeyCaller):
        return list(caller.key.scopes)
    reads = [Scope.READ.value] if caller.may_read() else []
    return reads + ([Scope.DECIDE.value] if caller.may_review() else [])


def refuse(detail: str) -> bool:
    raise Problem("forbidden", detail)
