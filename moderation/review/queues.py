"""Queues: saved filters over the open cases, shared by everybody or a person's own."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_noop as _

from moderation.clients.models import Client, Person
from moderation.intake.models import Source
from moderation.review import selectors
from moderation.review.models import Case, CaseKind, CaseReason, Queue
from moderation.verdicts.models import Finding, Label
from moderation.verdicts.policies import ROLE

COUNTED = 1000
MOST = 50
LISTS: Mapping[str, Sequence[str] | None] = {
    "reasons": CaseReason.values,
    "kinds": CaseKind.values,
    "labels": Label.values,
    "sources": Source.values,
    "clients": None,
    "roles": None,
}
NAMES = (*LISTS, "min_score", "max_score", "escalated")


def shared_by(person: Person) -> QuerySet[Queue]:
    """Return the queues that everybody has, and the person's own after them."""
    return Queue.objects.filter(Q(owner=None) | Q(owner=person)).order_by("owner", "position", "name", "id")


def cases_in(queue: Queue, person: Person) -> QuerySet[Case]:
    """Return the open cases of the queue that belong to clients whom the person sees, in the order of the queue."""
    return narrowed(selectors.visible_to(person), queue)


def narrowed(rows: QuerySet[Case], queue: Queue) -> QuerySet[Case]:
    """Return those of the cases that the queue's filter lets through; an empty filter lets all through."""
    for name, value in queue.filter.items():
        if name in NARROW and value not in (None, []):
            rows = NARROW[name](rows, value)
    return rows


def count_in(rows: QuerySet[Case]) -> int:
    """Return how many cases there are, counted up to a thousand."""
    return rows.order_by()[:COUNTED].count()


def due_of(case: Case, queue: Queue | None) -> datetime | None:
    """Return when the case is due: by the queue where it says so, else by the client's service level."""
    if queue and queue.due_minutes is not None:
        return case.opened_at + timedelta(minutes=queue.due_minutes)
    return case.due_at


def faults(given: Any) -> list[dict[str, str]]:
    """Return what is wrong with a queue's filter, each fault with its JSON pointer."""
    if not isinstance(given, Mapping):
        return [{"pointer": "#/filter", "detail": _("Must be an object.")}]
    unknown = [
        {"pointer": f"#/filter/{name}", "detail": f"Must be one of {', '.join(NAMES)}."}
        for name in given
        if name not in NAMES
    ]
    return [*unknown, *_list_faults(given), *_score_faults(given)]


def _list_faults(given: Mapping[str, Any]) -> list[dict[str, str]]:
    found = []
    for name in LISTS.keys() & given.keys():
        fault = _list_fault(given[name], _allowed(name, given[name]))
        if fault:
            found.append({"pointer": f"#/filter/{name}", "detail": fault})
    return found


def _list_fault(value: Any, allowed: Sequence[str]) -> str:
    if not isinstance(value, list) or len(value) > MOST or not all(isinstance(one, str) for one in value):
        return f"Must be a list of at most {MOST} names."
    unknown = [one for one in value if one not in allowed]
    return f"Unknown: {', '.join(unknown)[:200]}." if unknown else ""


def _allowed(name: str, value: Any) -> Sequence[str]:
    listed = LISTS[name]
    if listed is not None:
        return listed
    named = [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
    if name == "roles":
        return [one for one in named if ROLE.fullmatch(one)]
    return list(
        Client.objects.filter(slug__in=[one.replace("\x00", "") for one in named]).values_list("slug", flat=True)
    )


def _score_faults(given: Mapping[str, Any]) -> list[dict[str, str]]:
    found = []
    for name in ("min_score", "max_score"):
        value = given.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1):
            found.append({"pointer": f"#/filter/{name}", "detail": _("Must be a number from 0 to 1.")})
    if given.get("escalated") not in (None, True, False):
        found.append({"pointer": "#/filter/escalated", "detail": _("Must be true or false.")})
    return found


def _roles(rows: QuerySet[Case], roles: list[str]) -> QuerySet[Case]:
    return rows.filter(Exists(Finding.objects.filter(submission=OuterRef("submission"), role__in=roles)))


NARROW: Mapping[str, Callable[[QuerySet[Case], Any], QuerySet[Case]]] = {
    "reasons": lambda rows, value: rows.filter(reason__in=value),
    "kinds": lambda rows, value: rows.filter(kind__in=value),
    "labels": lambda rows, value: rows.filter(submission__policy_label__in=value),
    "sources": lambda rows, value: rows.filter(submission__source__in=value),
    "clients": lambda rows, value: rows.filter(client__slug__in=value),
    "roles": _roles,
    "min_score": lambda rows, value: rows.filter(submission__highest__gte=value),
    "max_score": lambda rows, value: rows.filter(submission__highest__lte=value),
    "escalated": lambda rows, value: rows.filter(escalated_at__isnull=not value),
}
