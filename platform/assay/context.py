"""What every page shows around its content: the sections that exist, and how much waits in the queue."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from moderation.clients import shortcuts
from moderation.clients.models import Person
from moderation.clients.preferences import keys_of
from moderation.insights.access import oversees
from moderation.review import selectors

AUDIT = ("/audit/", "/seals/")
FIGURES = ("/insights/", "/explore/")
ELSEWHERE = ("/review/", "/accounts/", "/api/", "/admin/", "/problems/", "/developers/", *FIGURES, *AUDIT)


@dataclass(frozen=True)
class Section:
    """One entry of the navigation; ``waiting`` is how many cases it holds, None where nothing is counted."""

    name: str
    url: str
    current: bool
    waiting: int | None = None


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the page shell's variables; nothing is asked of the database unless a template uses them."""
    sections = SimpleLazyObject(lambda: sections_for(request))
    return {
        "sections": sections,
        "here": SimpleLazyObject(lambda: next((section.name for section in sections if section.current), "")),
        "shortcut_keys": SimpleLazyObject(lambda: keys_for(request)),
        "can_check": settings.ANONYMOUS_CHECKS or signed_in(request) is not None,
    }


def keys_for(request: HttpRequest) -> dict[str, str]:
    """Return which key presses which action for this visitor."""
    person = signed_in(request)
    return keys_of(person) if person else shortcuts.keys_with({})


def signed_in(request: HttpRequest) -> Person | None:
    """Return the person behind the request, or None."""
    user = getattr(request, "user", None)
    return user if isinstance(user, Person) else None


def sections_for(request: HttpRequest) -> list[Section]:
    """Return the sections that exist for this visitor, in the order of the bar."""
    person = signed_in(request)
    path = request.path
    check = not path.startswith(ELSEWHERE)
    sections = [Section(_("Check"), reverse("portal:check"), check)]
    if person and person.may_read():
        waiting = selectors.visible_to(person).order_by().count()
        sections.append(Section(_("Review"), reverse("review:queue"), path.startswith("/review/"), waiting))
        sections.append(Section(_("Explore"), reverse("explore:explore"), path.startswith("/explore/")))
        sections.append(Section(_("Insights"), reverse("insights:queue"), path.startswith("/insights/")))
    if person and oversees(person):
        sections.append(Section(_("Audit"), reverse("audit:log"), path.startswith(AUDIT)))
    desk = reverse("developers:first") if person else reverse("docs")
    sections.append(Section(_("Developers"), desk, path.startswith(("/developers/", "/api/docs"))))
    if person and person.is_staff:
        sections.append(Section(_("Admin"), reverse("admin:index"), False))
    return sections
