"""Who reads which figures."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from moderation.clients.desk import person_of
from moderation.clients.models import Person, Role
from moderation.insights import scope
from moderation.insights.scope import PERIODS, Scope

View = Callable[..., HttpResponseBase]
OVERSEERS = frozenset({Role.LEAD, Role.ADMINISTRATOR, Role.AUDITOR})


def oversees(person: Person) -> bool:
    """Say whether the person may see how others work and what policies do."""
    return person.is_active and bool(person.roles() & OVERSEERS)


def readers(view: View) -> View:
    """Let whoever may read in."""
    return _checked(view, Person.may_read)


def overseers(view: View) -> View:
    """Let leads, administrators and auditors in."""
    return _checked(view, oversees)


def _checked(view: View, may: Callable[[Person], bool]) -> View:
    @wraps(view)
    @never_cache
    @login_required
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may(person_of(request)):
            raise PermissionDenied(_("Your role does not open this page."))
        return view(request, scope.of(request, person_of(request)), *args, **kwargs)

    return checked


def page(
    request: HttpRequest, found: Scope, template: str, context: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    """Render ``insights/<template>``, which extends ``insights/base.html``."""
    shared = {
        "scope": found,
        "clients": scope.clients_seen_by(found.reader),
        "periods": PERIODS,
        "oversees": oversees(found.reader),
    }
    return render(request, f"insights/{template}", {**shared, **context}, status=status)
