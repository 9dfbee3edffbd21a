"""Find submissions by what stands on their rows: the filters of the explorer, and of bulk decisions over one.

A filter travels as the query of an address (``verdict=edited&client=kite``), so that a saved view, a job and a link
all say the same. What cannot be read is refused, never ignored: a filter that fell away would widen a selection.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.db.models import Q, QuerySet
from django.http import QueryDict

from foundation import ids
from foundation.problems import Problem
from moderation.clients.models import Client, Person
from moderation.clients.sight import sees_everything
from moderation.intake.models import Source, State, Submission
from moderation.intake.words import asked as words_asked
from moderation.registry.models import ModelVersion
from moderation.verdicts.models import Action, DecidedBy, HumanLabel, Label

NONE = "none"
MOST_VALUES = 200
LONGEST = 200
SHA256 = re.compile(r"[0-9a-fA-F]{64}")
NUMBER = re.compile(r"[01](\.[0-9]{1,20})?|\.[0-9]{1,20}")
IDENTIFIER = re.compile(r"sub_[0-9a-z]{26}")
AGREEMENT = {"agrees": Q(agrees=True), "differs": Q(agrees=False), "open": ~Q(human_label="") & Q(agrees=None)}
MATCH = {"yes": Q(has_match=True), "no": Q(has_match=False)}
CHOICES: dict[str, Sequence[str]] = {
    "state": State.values,
    "verdict": Label.values,
    "action": Action.values,
    "decided_by": DecidedBy.values,
    "source": Source.values,
    "human_label": [*HumanLabel.values, NONE],
    "agreement": list(AGREEMENT),
    "match": list(MATCH),
}
COLUMNS = {"state": "state", "verdict": "verdict_label", "action": "verdict_action"}
COLUMNS |= {name: name for name in ("decided_by", "source", "human_label")}

SETS = """
WITH RECURSIVE sets AS (
    (SELECT models_run FROM intake_submission ORDER BY models_run LIMIT 1)
    UNION ALL
    SELECT (SELECT models_run FROM intake_submission WHERE models_run > sets.models_run ORDER BY models_run LIMIT 1)
    FROM sets WHERE sets.models_run IS NOT NULL
)
SELECT models_run,
       (SELECT min(id) FROM intake_submission AS one WHERE one.models_run = sets.models_run),
       (SELECT max(id) FROM intake_submission AS one WHERE one.models_run = sets.models_run)
FROM sets WHERE models_run && %s::varchar[]
"""
"""Each set of models that looked at submissions, from step to step of the index."""


@dataclass(frozen=True)
class Asked:
    """What somebody asked for: filter to its values, read and valid, in the order of the form."""

    given: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def query(self, **changed: Sequence[str]) -> str:
        """Return it as the query of an address; a filter that is ``changed`` to nothing goes."""
        return urlencode([(name, value) for name, values in {**self.given, **changed}.items() for value in values])

    def without(self, name: str) -> str:
        return self.query(**{name: ()})

    def one(self, name: str) -> str:
        return next(iter(self.given.get(name, ())), "")


def read(query: QueryDict, ignored: Sequence[str] = ()) -> Asked:
    """Read the filters of a query; empty ones are as if they were not there.

    Raises:
        Problem: ``invalid``, with the parameters that are unknown or whose values cannot be.
    """
    faults, given = [], {}
    for name in [*FILTERS, *sorted(set(query) - FILTERS.keys() - set(ignored))]:
        values = tuple(dict.fromkeys(value.strip() for value in query.getlist(name) if value.strip()))
        fault = _fault(name, values) if values else ""
        if fault:
            faults.append({"parameter": name, "detail": fault})
        elif values:
            given[name] = values
    if faults:
        raise Problem("invalid", "The filters could not be read, so that nothing is shown.", errors=faults)
    return Asked(given)


def rows(asked: Asked, person: Person) -> QuerySet[Submission]:
    """Return the submissions that pass every filter, of the clients that the person may see; in no order.

    The clients are named one by one, because PostgreSQL knows how many rows each of them has.
    """
    found = Submission.objects.all()
    if not sees_everything(person):
        found = found.filter(client__in=list(person.visible_clients.values_list("pk", flat=True)))
    for name, values in asked.given.items():
        found = found.filter(FILTERS[name](values))
    return found


def matching(query: str, person: Person) -> QuerySet[Submission]:
    """Return what a filter, kept as text, finds for the person now.

    Raises:
        Problem: ``invalid``.
    """
    return rows(read(QueryDict(query)), person)


def _fault(name: str, values: Sequence[str]) -> str:
    if name not in FILTERS:
        return "There is no such filter."
    if any("\x00" in value or len(value) > LONGEST for value in values) or len(values) > MOST_VALUES:
        return f"At most {MOST_VALUES} values of at most {LONGEST} characters."
    if name in CHOICES and not set(values) <= set(CHOICES[name]):
        return f"Must be one of {', '.join(CHOICES[name])}."
    try:
        CHECKED.get(name, FILTERS["id"])(values)
    except ValueError as error:
        return str(error)
    return ""


def _choice(name: str) -> Callable[[Sequence[str]], Q]:
    column = COLUMNS[name]
    return lambda values: Q(**{f"{column}__in": ["" if value == NONE else value for value in values]})


def _any_of(conditions: Mapping[str, Q]) -> Callable[[Sequence[str]], Q]:
    def found(values: Sequence[str]) -> Q:
        whole = Q()
        for value in values:
            whole |= conditions[value]
        return whole

    return found


def _clients(values: Sequence[str]) -> Q:
    return Q(client__in=list(Client.objects.filter(slug__in=values).values_list("pk", flat=True)))


def _roles(values: Sequence[str]) -> Q:
    return _models(list(ModelVersion.objects.filter(role__in=values).values_list("pk", flat=True)))


def _models(values: Sequence[str]) -> Q:
    """Ask for the sets of models that hold one of these, between the first and the last that each looked at.

    There are few such sets, and each served for some time: without its bounds PostgreSQL, which takes a rare set to
    lie anywhere, walks through all that came since.
    """
    with connection.cursor() as cursor:
        cursor.execute(SETS, [list(values)])
        found = cursor.fetchall()
    if not found:
        return Q(pk__in=[])
    sets, firsts, lasts = zip(*found, strict=True)
    return Q(models_run__in=list(sets), pk__gte=min(firsts), pk__lte=max(lasts))


def _probability(lookup: str) -> Callable[[Sequence[str]], Q]:
    def found(values: Sequence[str]) -> Q:
        if not NUMBER.fullmatch(values[0]) or float(values[0]) > 1:
            raise ValueError("Must be a number from 0 to 1.")
        return Q(**{lookup: float(values[0])})

    return found


def _from(values: Sequence[str]) -> Q:
    return Q(pk__gte=ids.earliest("sub", _day(values[0])))


def _until(values: Sequence[str]) -> Q:
    return Q(pk__lt=ids.earliest("sub", _day(values[0]) + timedelta(days=1)))


def _day(text: str) -> datetime:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or not 1970 <= day.year <= 2999:
        raise ValueError("Must be a day such as 2026-11-21.")
    return datetime.combine(day, time(), UTC)


def _words(values: Sequence[str]) -> Q:
    """Look for a submission by its id, the SHA-256 of its picture, or words of its texts."""
    text = " ".join(values)
    if IDENTIFIER.fullmatch(text):
        return Q(pk=text)
    if SHA256.fullmatch(text):
        return Q(image__sha256=text.lower())
    query = words_asked(text)
    return Q(words=query) if query else Q()


CHECKED: dict[str, Callable[[Sequence[str]], Q]] = {
    "min_probability": _probability("highest__gte"),
    "max_probability": _probability("highest__lte"),
    "received_from": _from,
    "received_to": _until,
}
FILTERS: dict[str, Callable[[Sequence[str]], Q]] = {
    "q": _words,
    **{name: _choice(name) for name in COLUMNS},
    "agreement": _any_of(AGREEMENT),
    "match": _any_of(MATCH),
    "client": _clients,
    "author_id": lambda values: Q(author_id__in=list(values)),
    "role": _roles,
    "model": _models,
    **CHECKED,
    "id": lambda values: Q(pk__in=list(values)),
}
"""Each filter by its name in an address; one that takes a single value goes by the first."""


def counted(found: QuerySet[Any], most: int) -> tuple[int, bool]:
    """Return how many rows there are, counting to ``most`` at most, and whether there are more."""
    number = found.order_by()[: most + 1].count()
    return min(number, most), number > most
