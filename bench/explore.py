"""The explorer over a million submissions: what its pages cost in the database.

``python -m bench explore`` fills a database of its own, which takes some minutes, and asks for each page with the
site's own code, each time from another place.
"""

import os
import random
import shutil
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from assay.demo import environment, house
from foundation.embedded.services import Services

SIZE = 1_000_000
IMAGES = 50_000
CLIENTS = 20
ROUNDS = 40
DAYS = 90
GOAL_MS = 100
LABELS = ("real", "ai_generated", "edited", "uncertain")
ACTION = {"real": "allow", "ai_generated": "label", "edited": "label", "uncertain": "review"}
WORDS = ("sunset", "harbour", "profile", "avatar", "kitchen", "receipt", "dog", "selfie", "screenshot", "banner")
MODELS = [f"mdl_{role}_{version}" for role in ("general", "face", "edited") for version in ("1", "2", "3")]
COLUMNS = (
    "id, client_id, image_id, source, file_name, external_id, author_id, metadata, priority, state, created_at,"
    " analysed_at, verdict_label, verdict_action, decided_by, confidence, policy_label, highest, disagreement,"
    " models_run, has_match, human_label, reviewed_at, notes"
)


@dataclass(frozen=True)
class Figure:
    """What one kind of page cost in the database, in milliseconds."""

    name: str
    median: float
    p95: float
    rows: int


def measure(var: Path, size: int = SIZE) -> list[Figure]:
    """Fill a database under ``var`` and measure each kind of page."""
    with running(var):
        fill(size)
        return [_figure(name, ask) for name, ask in cases(size)]


@contextmanager
def running(var: Path) -> Iterator[None]:
    """Have a migrated database of its own while the measurement lasts."""
    shutil.rmtree(var, ignore_errors=True)
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    site = environment.prepare(var, 1)
    with Services(var) as services:
        services.start()
        house.prepare(site, var)
        yield


def fill(size: int) -> None:
    """Write clients, images and submissions as they would be after some months."""
    from django.db import connection  # noqa: PLC0415  Django is set up by then

    from moderation.clients.models import Client  # noqa: PLC0415
    from moderation.registry.models import ModelVersion  # noqa: PLC0415

    for number in range(CLIENTS):
        Client.objects.create(id=f"cli_{number:02}", name=f"Bench {number}", slug=f"bench-{number}")
    for name in MODELS:
        _, role, version = name.split("_")
        ModelVersion.objects.create(id=name, role=role, name=role, version=f"9.{version}", location=name)
    chance = random.Random(0)
    began = datetime.now(UTC) - timedelta(days=DAYS)
    with connection.cursor() as cursor, _without_indexes(cursor):
        with cursor.copy(
            "COPY intake_storedimage (id, client_id, sha256, media_type, bytes, width, height, path, created_at,"
            " sealed_by, seal_reason) FROM STDIN"
        ) as out:
            for at in range(IMAGES):
                sha = f"{at:064x}"
                out.write_row((f"img_{at}", _client(at), sha, "image/jpeg", 90_000, 1280, 853, sha, began, "", ""))
        with cursor.copy(f"COPY intake_submission ({COLUMNS}) FROM STDIN") as out:
            for at in range(size):
                out.write_row(_submission(at, began + timedelta(days=DAYS) * (at / size), chance))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE intake_submission")
        cursor.execute("VACUUM ANALYZE intake_storedimage")


@contextmanager
def _without_indexes(cursor: Any) -> Iterator[None]:
    """Make the indexes of submissions after the rows, which takes a fraction of the time."""
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'intake_submission' AND indexname NOT IN"
        " (SELECT conname FROM pg_constraint)"
    )
    found = cursor.fetchall()
    for name, _ in found:
        cursor.execute(f'DROP INDEX "{name}"')
    yield
    cursor.execute("SET maintenance_work_mem = '512MB'")
    for _, definition in found:
        cursor.execute(definition)


def _client(at: int) -> str:
    """Return a client's id: the first has half of everything, each further one half of what is left."""
    return f"cli_{min(CLIENTS - 1, (at & -at).bit_length() - 1 if at else CLIENTS - 1):02}"


def _submission(at: int, when: datetime, chance: random.Random) -> tuple[Any, ...]:
    from foundation.ids import earliest  # noqa: PLC0415

    label = chance.choices(LABELS, (80, 12, 2, 6))[0]
    highest, least = sorted(chance.betavariate(1, 6) if label == "real" else chance.random() for _ in "ab")[::-1]
    human = chance.choices(("", *LABELS[:3], "cannot_tell"), (970, 16, 10, 2, 2))[0]
    policy, state = label, "failed" if chance.random() < 0.002 else "analysed"
    if human:
        label = "uncertain" if human == "cannot_tell" else human
    version = 3 if at > 900_000 else 2 if at > 1000 else 1
    word = WORDS[min(len(WORDS) - 1, int(chance.expovariate(0.5)))]
    return (
        earliest("sub", when)[:-7] + f"{at:07}",
        _client(at),
        f"img_{at % IMAGES}",
        chance.choices(("api", "page", "import"), (90, 9, 1))[0],
        f"{word}_{at}.jpg",
        f"post-{at}",
        f"author{at % 50_000}",
        "{}",
        5,
        state,
        when,
        when + timedelta(seconds=chance.random() * 60),
        label,
        ACTION[label],
        "person" if human else "policy",
        None if human else max(highest, 1 - highest),
        policy,
        highest,
        highest - least,
        [f"mdl_{role}_{version}" for role in ("general", "face", "edited")],
        chance.random() < 0.001,
        human,
        when + timedelta(hours=chance.random() * 48) if human else None,
        "Seen before elsewhere" if human and chance.random() < 0.1 else "",
    )


def cases(size: int) -> list[tuple[str, Callable[[], int]]]:
    """Return what is measured: a name, and what asks for one such page and returns how many rows it has."""
    from moderation.clients.models import Client, Person  # noqa: PLC0415
    from moderation.insights.explore.paging import SORTS  # noqa: PLC0415

    everyone = Person.objects.create(username="bench-everyone")
    narrow = Person.objects.create(username="bench-narrow", sees_every_client=False)
    narrow.visible_clients.set(Client.objects.filter(pk__in=["cli_03", "cli_09"]))
    chance = random.Random(1)
    found: list[tuple[str, Callable[[], int]]] = []
    for sort in SORTS:
        found.append((f"first page, {sort}", _asks("", sort, everyone)))
        found.append((f"deep page, {sort}", _deep(sort, everyone, chance, size)))
    found += [(f"filter {query}", _asks(query, "newest", everyone)) for query in FILTERED]
    found += [(f"filter {query}, {sort}", _asks(query, sort, everyone)) for query, sort in TOGETHER]
    found.append(("few clients visible", _asks("", "newest", narrow)))
    found.append(("few clients visible, edited, least_sure", _asks("verdict=edited", "least_sure", narrow)))
    return found


FILTERED = (
    *(f"verdict={label}" for label in LABELS),
    *(f"human_label={label}" for label in ("real", "ai_generated", "edited", "none")),
    "agreement=agrees",
    "agreement=differs",
    "role=face",
    "model=mdl_general_3",
    "model=mdl_general_1",
    "client=bench-0",
    "client=bench-15",
    "source=page",
    "source=import",
    "action=review",
    "decided_by=person",
    "state=failed",
    "state=queued",
    "match=yes",
    "min_probability=0.2&max_probability=0.3",
    "min_probability=0.99",
    "received_from={month}&received_to={month}",
    "author_id=author77",
    "q=sunset",
    "q=post-4242",
    "q=banner_9",
    "q=elsewhere",
)
TOGETHER = (
    ("verdict=edited&human_label=real", "reviewed"),
    ("agreement=differs", "disagreement"),
    ("client=bench-7&verdict=uncertain", "least_sure"),
    ("received_from={month}", "suspect"),
    ("model=mdl_general_1", "surest"),
    ("source=import&verdict=ai_generated", "analysed"),
    ("q=dog", "disagreement"),
)


def _asks(query: str, sort: str, person: Any, after: Callable[[], str] = str) -> Callable[[], int]:
    from moderation.insights.explore.paging import SORTS, page  # noqa: PLC0415
    from moderation.verdicts import explorer  # noqa: PLC0415

    month = (datetime.now(UTC) - timedelta(days=30)).date().isoformat()

    def ask() -> int:
        rows = explorer.matching(query.format(month=month), person).select_related("image", "client")
        return len(page(rows, SORTS[sort], after=after()).rows)

    return ask


def _deep(sort: str, person: Any, chance: random.Random, size: int) -> Callable[[], int]:
    """Ask for the page after a row from anywhere."""
    from moderation.insights.explore.paging import SORTS, cursor_of  # noqa: PLC0415
    from moderation.intake.models import Submission  # noqa: PLC0415

    places = [chance.randrange(size) for _ in range(ROUNDS)]
    wanted = Submission.objects.filter(external_id__in=[f"post-{at}" for at in places])
    cursors = [cursor_of(row, SORTS[sort]) for row in wanted]
    return _asks("", sort, person, after=lambda: chance.choice(cursors))


def _figure(name: str, ask: Callable[[], int]) -> Figure:
    """Measure a page: what its queries took, of as many as the rounds, after one that is not counted."""
    rows, took = ask(), []
    for _ in range(ROUNDS):
        with _watched() as spent:
            ask()
        took.append(sum(spent) * 1000)
    return Figure(name, statistics.median(took), statistics.quantiles(took, n=20)[-1], rows)


@contextmanager
def _watched() -> Iterator[list[float]]:
    from django.db import connection  # noqa: PLC0415

    spent: list[float] = []

    def timed(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "COUNT(" in sql:
            raise AssertionError(f"A page counts: {sql}")
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            spent.append(time.perf_counter() - began)

    with connection.execute_wrapper(timed):
        yield spent


def lines(found: Sequence[Figure], size: int = SIZE) -> list[str]:
    worst = max(found, key=lambda one: one.p95)
    return [
        "## Explorer",
        "",
        f"{size:,} submissions of {CLIENTS} clients, half of them one client's, 3 % seen by a person; pages of 50 with",
        f"picture and client, {ROUNDS} of each kind; milliseconds that their queries took in the database, as the site",
        "asks them. Nothing is counted. 'Deep' is after a row from anywhere.",
        f"Goal: p95 under {GOAL_MS} ms. The slowest: {worst.name}, {worst.p95:.1f} ms.",
        "",
        "| page | median | p95 | rows |",
        "|---|---|---|---|",
        *map(_row, found),
    ]


def _row(one: Figure) -> str:
    return f"| {one.name.replace('{month}', 'a day')} | {one.median:.1f} | {one.p95:.1f} | {one.rows} |"
