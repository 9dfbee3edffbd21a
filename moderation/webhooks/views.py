"""A client's webhook endpoints on the developers' pages."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from foundation.problems import Problem
from moderation.clients.desk import for_client, page, person_of
from moderation.clients.models import Client
from moderation.webhooks import health, replays, services, statistics
from moderation.webhooks.models import Endpoint
from moderation.webhooks.page_forms import EndpointForm, ReplayForm, RotationForm
from moderation.webhooks.rotation import rotate_secret

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@require_http_methods(["GET", "HEAD", "POST"])
@for_client
def endpoints(request: HttpRequest, client: Client) -> HttpResponse:
    """List a client's endpoints; by POST, make one and show its secret."""
    if request.method != "POST":
        return _list(request, client, EndpointForm())
    form = EndpointForm(request.POST)
    if form.is_valid():
        given = dict(form.cleaned_data)
        try:
            made = services.create_endpoint(client, given.pop("url"), actor=person_of(request).actor(), **given)
        except Problem as problem:
            form.refuse(problem)
        else:
            return _one(request, client, made, secret=made.secret)
    return _list(request, client, form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@for_client
def endpoint(request: HttpRequest, client: Client, endpoint_id: str) -> HttpResponse:
    """Show one endpoint; by POST, change it."""
    found = _found(client, endpoint_id)
    if request.method != "POST":
        return _one(request, client, found)
    form = EndpointForm.of(found, request.POST)
    if form.is_valid():
        for name, value in form.cleaned_data.items():
            setattr(found, name, value)
        try:
            services.change(found, actor=person_of(request).actor())
        except Problem as problem:
            form.refuse(problem)
        else:
            return _done(request, found, _("Saved."))
    return _one(request, client, _found(client, endpoint_id), form=form, status=422)


@require_POST
@for_client
def switch(request: HttpRequest, client: Client, endpoint_id: str) -> HttpResponse:
    """Disable an endpoint that is enabled, or enable one that is not, as the form says."""
    found, actor = _found(client, endpoint_id), person_of(request).actor()
    if request.POST.get("enabled") == "true":
        services.enable(found, actor=actor)
    else:
        services.disable(found, services.BY_OWNER, actor=actor)
    return redirect("developers:endpoint", client.slug, found.pk)


@require_POST
@for_client
def rotate(request: HttpRequest, client: Client, endpoint_id: str) -> HttpResponse:
    """Give an endpoint a new secret and show it."""
    found, form = _found(client, endpoint_id), RotationForm(request.POST)
    if not form.is_valid():
        return _one(request, client, found, rotation=form, status=422)
    try:
        rotated = rotate_secret(found, overlap=form.cleaned_data["overlap"], actor=person_of(request).actor())
    except Problem as problem:
        form.add_error(None, problem.detail)
        return _one(request, client, found, rotation=form, status=problem.status)
    return _one(request, client, rotated, secret=rotated.secret)


@require_POST
@for_client
def test(request: HttpRequest, client: Client, endpoint_id: str) -> HttpResponse:
    """Send a test, and lead to its delivery."""
    found = _found(client, endpoint_id)
    try:
        delivery = replays.test(found, actor=person_of(request).actor())
    except Problem as problem:
        return _done(request, found, problem.detail)
    return redirect("developers:delivery", client.slug, delivery.pk)


@require_POST
@for_client
def replay(request: HttpRequest, client: Client, endpoint_id: str) -> HttpResponse:
    """Queue again what was told in a time."""
    found, form = _found(client, endpoint_id), ReplayForm(request.POST)
    if not form.is_valid():
        return _one(request, client, found, replaying=form, status=422)
    try:
        queued = replays.replay_range(found, **form.span(), actor=person_of(request).actor())
    except Problem as problem:
        form.add_error(None, " ".join(fault["detail"] for fault in problem.errors) or problem.detail)
        return _one(request, client, found, replaying=form, status=problem.status)
    words = ngettext("Queued %(number)d delivery.", "Queued %(number)d deliveries.", queued) % {"number": queued}
    return _done(request, found, words)


@require_POST
@for_client
def delete(request: HttpRequest, client: Client, endpoint_id: str) -> HttpResponse:
    """Delete an endpoint with its deliveries."""
    services.remove(_found(client, endpoint_id), actor=person_of(request).actor())
    return redirect("developers:endpoints", client.slug)


def _found(client: Client, endpoint_id: str) -> Endpoint:
    return get_object_or_404(Endpoint.objects.select_related("client"), client=client, pk=endpoint_id)


def _done(request: HttpRequest, found: Endpoint, words: str) -> HttpResponse:
    messages.info(request, words)
    return redirect("developers:endpoint", found.client.slug, found.pk)


def _list(request: HttpRequest, client: Client, form: EndpointForm, *, status: int = 200) -> HttpResponse:
    since = timezone.now() - DAY
    rows = [
        {"endpoint": row, "state": health.state(row), "day": statistics.of(row, since)}
        for row in Endpoint.objects.filter(client=client).order_by("-pk")
    ]
    return page(request, client, "endpoints.html", {"rows": rows, "form": form}, status=status)


def _one(
    request: HttpRequest, client: Client, found: Endpoint, *, status: int = 200, secret: str = "", **forms: Any
) -> HttpResponse:
    now = timezone.now()
    span = {"since": now - HOUR, "until": now + timedelta(minutes=1), "undelivered_only": True}
    context = {
        "endpoint": found,
        "state": health.state(found),
        "day": statistics.of(found, now - DAY),
        "secret": secret,
        "form": EndpointForm.of(found),
        "rotation": RotationForm(),
        "replaying": ReplayForm(initial=span),
        **forms,
    }
    return page(request, client, "endpoint.html", context, status=status)
