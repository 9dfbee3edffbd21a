"""Views of the explorer that people keep."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from foundation.problems import Problem
from moderation.clients.models import Person
from moderation.insights.explore.paging import SORTS
from moderation.insights.models import SavedView
from moderation.verdicts import explorer

MOST = 20
LONGEST_NAME = 60
LONGEST_QUERY = 4000
KEPT = ("sort", "shape")


@dataclass(frozen=True)
class Tab:
    """A view in the row of tabs; ``view`` is None for one that everybody has."""

    words: str | Promise
    query: str
    current: bool
    view: SavedView | None = None


BUILT_IN = (
    (_("Everything"), ""),
    (_("Uncertain"), "verdict=uncertain"),
    (_("Differs from the label"), "agreement=differs&sort=reviewed"),
    (_("Models far apart"), "sort=disagreement"),
    (_("Failed"), "state=failed"),
)


def tabs(person: Person, query: str) -> list[Tab]:
    """Return the views that everybody has, and the person's own; the one that ``query`` is, is current."""
    here = canonical(query)
    common = [Tab(words, given, canonical(given) == here) for words, given in BUILT_IN]
    own = SavedView.objects.filter(person=person)[:MOST]
    return common + [Tab(view.name, view.query, canonical(view.query) == here, view) for view in own]


def canonical(query: str) -> list[tuple[str, list[str]]]:
    """Return what a query says, whatever its order; the first page, the usual order and shape are not said."""
    given = dict(QueryDict(query).lists())
    usual = {"sort": ["newest"], "shape": ["table"], "after": given.get("after"), "before": given.get("before")}
    said = {name: sorted(filter(None, values)) for name, values in given.items() if usual.get(name) != values}
    return sorted((name, values) for name, values in said.items() if values)


def save(person: Person, name: str, query: str) -> SavedView:
    """Keep a view; one of the same name takes the new filter.

    Raises:
        Problem: ``invalid`` for a name or a filter that cannot be, or when the person keeps twenty.
    """
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or "\x00" in name:
        raise Problem("invalid", f"Give the view a name of at most {LONGEST_NAME} characters.")
    given = QueryDict(query)
    text = explorer.read(given, (*KEPT, "after", "before")).query()
    kept = [f"sort={given['sort']}"] if given.get("sort") in SORTS else []
    kept += ["shape=grid"] if given.get("shape") == "grid" else []
    text = "&".join(filter(None, [text, *kept]))
    if len(text) > LONGEST_QUERY:
        raise Problem("invalid", gettext_noop("This filter is too long to be kept."))
    return _kept(person, name, text)


def _kept(person: Person, name: str, query: str) -> SavedView:
    try:
        with transaction.atomic():
            Person.objects.select_for_update().get(pk=person.pk)
            others = SavedView.objects.filter(person=person).exclude(name=name)
            if others.count() >= MOST:
                raise Problem("invalid", f"You keep {MOST} views already. Remove one first.")
            made, _created = SavedView.objects.update_or_create(person=person, name=name, defaults={"query": query})
    except IntegrityError as error:
        raise Problem("conflict", gettext_noop("A view of this name was saved at the same moment.")) from error
    return made
