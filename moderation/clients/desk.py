"""The developers' pages: which clients a person manages, and how a page gets hold of one of them."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from moderation.clients.models import ANONYMOUS, Client, Person, Role

View = Callable[..., HttpResponse]


def clients_of(person: Person) -> QuerySet[Client]:
    """Return the clients whose keys and endpoints the person manages.

    Administrators manage every client but the built-in one; others those that name them as a developer.
    """
    clients: QuerySet[Client] = Client.objects.filter(is_active=True).exclude(slug=ANONYMOUS).order_by("name", "pk")
    return clients if Role.ADMINISTRATOR in person.roles() else clients.filter(developers=person)


def for_client(view: View) -> View:
    """Give ``view`` the client that the address names; 404 for one that the person does not manage.

    Such a page may show a secret, so that nobody keeps a copy of it.
    """

    @wraps(view)
    @never_cache
    @login_required
    def found(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
        client = get_object_or_404(clients_of(person_of(request)), slug=slug)
        return view(request, client, *args, **kwargs)

    return found


def person_of(request: HttpRequest) -> Person:
    return cast("Person", request.user)


def page(
    request: HttpRequest, client: Client, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render ``developers/<template>``, which extends ``developers/base.html``, for one client."""
    shared = {"client": client, "clients": clients_of(person_of(request))}
    return render(request, f"developers/{template}", {**shared, **context}, status=status)


@require_safe
@login_required
def first(request: HttpRequest) -> HttpResponse:
    """Lead to the first client that the person manages, or say how one comes to manage one."""
    client = clients_of(person_of(request)).first()
    return redirect("developers:overview", client.slug) if client else render(request, "developers/none.html")
