"""Who calls, and the client's keys (HTTP.md, "Keys, endpoints, events")."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from foundation import cursors
from foundation.parsers import StrictJSONParser
from foundation.problems import Problem, base_of
from moderation.clients import limits, presentation, services
from moderation.clients.authentication import KeyCaller
from moderation.clients.forms import KeyForm, KeyRotationForm
from moderation.clients.models import ApiKey, Scope
from moderation.clients.permissions import ANY
from moderation.clients.rest import ApiView
from moderation.clients.schema import KeyPageSchema, KeySchema, KeyWithSecretSchema, MeSchema

UNSEEN = {"Cache-Control": "no-store"}


class MeView(ApiView):
    scopes: ClassVar[dict[str, str]] = {"GET": ANY}

    @extend_schema(operation_id="me", responses=MeSchema)
    def get(self, request: Request) -> Response:
        """Say who calls, with which scopes, and what is left of the limits."""
        who: Any = request.user
        return Response(presentation.caller(who, limits.readings_of(request._request)))


class KeysView(ApiView):
    scopes: ClassVar[dict[str, str]] = {"GET": "manage", "POST": "manage"}
    parser_classes = (StrictJSONParser,)

    @extend_schema(operation_id="keys_list", responses=KeyPageSchema, parameters=cursors.PAGING)
    def get(self, request: Request) -> Response:
        """List the client's keys, newest first, those that expired too; no secret is ever shown again."""
        return Response(cursors.page(request, keys_of(request), presentation.key))

    @extend_schema(operation_id="keys_create", request=KeyForm, responses={201: KeyWithSecretSchema})
    def post(self, request: Request) -> Response:
        """Make a key with scopes that the calling key has too; its secret is in this answer only."""
        caller = key_caller(request)
        given = valid(KeyForm(data=request.data))
        may_give(caller, given["scopes"])
        made, secret = services.create_key(caller.client, **given, actor=caller.actor())
        headers = {**UNSEEN, "Location": f"{base_of(request)}{request.path}/{made.pk}"}
        return Response(presentation.key(made, secret=secret), status=201, headers=headers)


class KeyView(ApiView):
    scopes: ClassVar[dict[str, str]] = {"GET": "manage", "DELETE": "manage"}

    @extend_schema(operation_id="keys_get", responses=KeySchema)
    def get(self, request: Request, key_id: str) -> Response:
        """Return one key."""
        return Response(presentation.key(key_of_caller(request, key_id)))

    @extend_schema(operation_id="keys_delete", responses={204: None})
    def delete(self, request: Request, key_id: str) -> Response:
        """Revoke a key, with every secret that it had; a key may revoke itself."""
        services.revoke_key(key_of_caller(request, key_id), actor=key_caller(request).actor())
        return Response(status=204)


class RotateKeyView(ApiView):
    scopes: ClassVar[dict[str, str]] = {"POST": "manage"}
    parser_classes = (StrictJSONParser,)

    @extend_schema(operation_id="keys_rotate", request=KeyRotationForm, responses=KeyWithSecretSchema)
    def post(self, request: Request, key_id: str) -> Response:
        """Give a key a new secret, in this answer only; the old one stays good for ``overlap_seconds``."""
        key = key_of_caller(request, key_id)
        overlap = timedelta(seconds=valid(KeyRotationForm(data=request.data))["overlap_seconds"])
        caller = key_caller(request)
        may_hold(caller, key.scopes)
        secret = services.rotate_key(key, overlap, actor=caller.actor())
        return Response(presentation.key(key_of_caller(request, key_id), secret=secret), headers=UNSEEN)


def key_caller(request: Request) -> KeyCaller:
    """Return the calling key.

    Raises:
        Problem: ``forbidden``: a person calls, who belongs to no client.
    """
    if isinstance(request.user, KeyCaller):
        return request.user
    raise Problem("forbidden", "Call with a client's key.")


def keys_of(request: Request) -> QuerySet[ApiKey]:
    """Return the keys of the caller's client that were not revoked."""
    rows: QuerySet[ApiKey] = ApiKey.objects.filter(client=key_caller(request).client, revoked_at=None)
    return rows.prefetch_related("old_secrets")


def key_of_caller(request: Request, key_id: str) -> ApiKey:
    found = keys_of(request).filter(pk=key_id).first()
    if found is None:
        raise Problem("not-found", "There is no such key, or it is not yours.")
    return found


def may_give(caller: KeyCaller, scopes: Iterable[str]) -> None:
    """Refuse scopes that the caller lacks, and ``models``, which administrators give."""
    if Scope.MODELS in scopes:
        raise Problem("forbidden", "The scope 'models' is given by an administrator.")
    may_hold(caller, scopes)


def may_hold(caller: KeyCaller, scopes: Iterable[str]) -> None:
    """Refuse to show the caller a secret that may do what it may not."""
    lacking = [scope for scope in scopes if scope not in caller.key.scopes]
    if lacking:
        raise Problem("forbidden", f"The calling key lacks {', '.join(lacking)}.")


def valid(form: serializers.Serializer[Any]) -> dict[str, Any]:
    form.is_valid(raise_exception=True)
    return dict(form.validated_data)
