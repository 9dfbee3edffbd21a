"""The audit log as a person may read it: entries of the clients that they see, and the installation's."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.dateparse import parse_date

from foundation.times import rfc3339
from moderation.audit.models import Entry
from moderation.clients.models import ApiKey, Person
from moderation.clients.sight import sees_everything

NOUNS = (
    "appeal",
    "archive",
    "audit_log",
    "author",
    "bulk",
    "case",
    "client",
    "client_policy",
    "decision",
    "delivery",
    "disagreement",
    "endpoint",
    "explorer",
    "gold",
    "image",
    "images",
    "key",
    "known_image",
    "model",
    "person",
    "policy",
    "queue",
    "report",
    "sealed_hashes",
    "statements",
    "submission",
    "trainee",
)
COLUMNS = ("id", "at", "actor", "action", "object", "client", "data", "before", "after", "previous_hash", "hash")
AT_ONCE = 500
PERSON = "person:"
KEY = "key:"


def visible_to(person: Person) -> QuerySet[Entry]:
    """Return the entries that the person may read; the installation's only where no client is hidden from them."""
    rows = Entry.objects.order_by("-id")
    if sees_everything(person):
        return rows
    return rows.filter(client__in=person.visible_clients.values_list("pk", flat=True))


def sought(person: Person, asked: Mapping[str, str]) -> QuerySet[Entry]:
    """Return what the filters ask for: ``noun``, ``actor``, ``object``, ``client``, ``since``, ``until`` (days, UTC).

    What cannot be is as if it had not been asked for.
    """
    rows = visible_to(person)
    if asked.get("noun") in NOUNS:
        rows = rows.filter(action__startswith=f"{asked['noun']}.")
    for name, field in (("actor", "actor"), ("object", "object_id"), ("client", "client")):
        given = asked.get(name, "").strip().replace("\x00", "")
        rows = rows.filter(**{field: given}) if given else rows
    since, until = _day(asked.get("since", "")), _day(asked.get("until", ""))
    rows = rows.filter(at__gte=since) if since else rows
    return rows.filter(at__lt=until + timedelta(days=1)) if until else rows


def _day(text: str) -> datetime | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return datetime.combine(day, time(), UTC) if day and 1 < day.year < 9999 else None


@dataclass(frozen=True)
class Line:
    """An entry with its actor's name, and the page of what it is about, where there is one."""

    entry: Entry
    actor: str
    url: str
    details: str


def lines(entries: Iterable[Entry]) -> list[Line]:
    """Return entries as the page shows them; a person or key that is gone keeps its identifier."""
    found = list(entries)
    names = _names({one.actor for one in found})
    return [Line(one, names.get(one.actor, one.actor), _page_of(one), _details(one)) for one in found]


def _names(actors: set[str]) -> dict[str, str]:
    people = {text.removeprefix(PERSON) for text in actors if text.startswith(PERSON)}
    keys = {text.removeprefix(KEY) for text in actors if text.startswith((KEY, "key_"))}
    persons = Person.objects.filter(pk__in=[one for one in people if one.isascii() and one.isdigit()])
    names = {one.actor(): one.display_name() for one in persons}
    for key in ApiKey.objects.filter(pk__in=keys).select_related("client"):
        names[str(key.pk)] = names[f"{KEY}{key.pk}"] = str(key)
    return names


def _page_of(entry: Entry) -> str:
    if entry.object_id.startswith("case_"):
        return reverse("review:case", args=[entry.object_id])
    return reverse("portal:result", args=[entry.object_id]) if entry.object_id.startswith("sub_") else ""


def _details(entry: Entry) -> str:
    parts = {"data": entry.data, "before": entry.before, "after": entry.after}
    told = {name: part for name, part in parts.items() if part}
    return json.dumps(told, indent=2, ensure_ascii=False) if told else ""


def exported(rows: QuerySet[Entry]) -> Iterator[dict[str, Any]]:
    """Return entries as records, the newest first, without holding all of them."""
    last = None
    while found := list((rows if last is None else rows.filter(pk__lt=last))[:AT_ONCE]):
        yield from map(_record, found)
        last = found[-1].pk


def _record(entry: Entry) -> dict[str, Any]:
    kept = {name: getattr(entry, name) for name in ("id", "actor", "action", "client", "data", "before", "after")}
    chained = {"previous_hash": entry.previous_hash, "hash": entry.hash}
    return {**kept, "at": rfc3339(entry.at), "object": entry.object_id, **chained}


def as_jsonl(records: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for record in records:
        yield json.dumps({name: record[name] for name in COLUMNS}, ensure_ascii=False) + "\n"


def as_csv(records: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Return a table; what is no text or number stands in it as JSON."""
    yield _row(COLUMNS)
    for record in records:
        yield _row([_cell(record[name]) for name in COLUMNS])


def _cell(value: Any) -> Any:
    return "" if value is None else value if isinstance(value, str | int) else json.dumps(value, ensure_ascii=False)


def _row(values: Iterable[Any]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(values)
    return buffer.getvalue()
