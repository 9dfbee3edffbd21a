"""A client's keys on the developers' pages; a secret is in the answer that made it, and in no other."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.problems import Problem
from moderation.clients import services
from moderation.clients.desk import for_client, page, person_of
from moderation.clients.models import ApiKey, Client, Scope
from moderation.clients.page_forms import NewKeyForm, RotationForm, scopes_given_by


@require_http_methods(["GET", "HEAD", "POST"])
@for_client
def keys(request: HttpRequest, client: Client) -> HttpResponse:
    """List a client's keys; by POST, make one and show its secret."""
    person = person_of(request)
    if request.method != "POST":
        return _list(request, client, NewKeyForm(person))
    form = NewKeyForm(person, request.POST)
    if not form.is_valid():
        return _list(request, client, form, status=422)
    given = form.cleaned_data
    key, secret = services.create_key(
        client, given["name"], given["scopes"], actor=person.actor(), expires_at=form.expires_at()
    )
    return _list(request, client, NewKeyForm(person), made=key, secret=secret)


@require_safe
@for_client
def key(request: HttpRequest, client: Client, key_id: str) -> HttpResponse:
    """Show one key, with the ways to rotate and to revoke it."""
    return _one(request, client, _found(client, key_id), RotationForm())


@require_POST
@for_client
def rotate(request: HttpRequest, client: Client, key_id: str) -> HttpResponse:
    """Give a key a new secret and show it."""
    found, form = _found(client, key_id), RotationForm(request.POST)
    if not _may_rotate(request, found):
        raise PermissionDenied(_("This key may put models into service: an administrator rotates it."))
    if not form.is_valid():
        return _one(request, client, found, form, status=422)
    try:
        secret = services.rotate_key(found, form.cleaned_data["overlap"], actor=person_of(request).actor())
    except Problem:
        return redirect("developers:keys", client.slug)
    return _one(request, client, _found(client, key_id), RotationForm(), secret=secret)


@require_POST
@for_client
def revoke(request: HttpRequest, client: Client, key_id: str) -> HttpResponse:
    """Revoke a key with every secret that it had."""
    services.revoke_key(_found(client, key_id), actor=person_of(request).actor())
    return redirect("developers:keys", client.slug)


def _keys(client: Client) -> QuerySet[ApiKey]:
    rows: QuerySet[ApiKey] = ApiKey.objects.filter(client=client, revoked_at=None)
    return rows.prefetch_related("old_secrets").order_by("-pk")


def _found(client: Client, key_id: str) -> ApiKey:
    return get_object_or_404(_keys(client), pk=key_id)


def _may_rotate(request: HttpRequest, found: ApiKey) -> bool:
    """Say whether the person may see a secret that may do what this key may."""
    return set(found.scopes) <= set(scopes_given_by(person_of(request)))


def _list(request: HttpRequest, client: Client, form: NewKeyForm, *, status: int = 200, **made: Any) -> HttpResponse:
    context = {"keys": _keys(client), "form": form, "scopes": Scope, **made}
    return page(request, client, "keys.html", context, status=status)


def _one(
    request: HttpRequest, client: Client, found: ApiKey, form: RotationForm, *, status: int = 200, secret: str = ""
) -> HttpResponse:
    context = {"key": found, "form": form, "may_rotate": _may_rotate(request, found), "secret": secret}
    return page(request, client, "key.html", context, status=status)
