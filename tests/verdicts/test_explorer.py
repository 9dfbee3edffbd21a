"""What the explorer's filters find, and that nothing they cannot read widens it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.http import QueryDict

from foundation.ids import earliest
from foundation.problems import Problem
from moderation.clients.models import Person, Role
from moderation.verdicts import explorer
from tests.factories import ClientFactory, ModelVersionFactory, SubmissionFactory, person
from tests.insights.explore.finding import found

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader() -> Person:
    return person(Role.VIEWER)


def finds(query: str, reader: Person) -> set[str]:
    return set(explorer.matching(query, reader).values_list("pk", flat=True))


@pytest.mark.parametrize(
    ("query", "columns"),
    [
        ("verdict=edited", {"verdict_label": "edited"}),
        ("verdict=edited&verdict=uncertain", {"verdict_label": "uncertain"}),
        ("action=block", {"verdict_action": "block"}),
        ("decided_by=person", {"decided_by": "person"}),
        ("human_label=cannot_tell", {"human_label": "cannot_tell"}),
        ("state=failed", {"state": "failed"}),
        ("source=import", {"source": "import"}),
        ("agreement=agrees", {"policy_label": "edited", "human_label": "edited"}),
        ("agreement=differs", {"policy_label": "real", "human_label": "edited"}),
        ("agreement=open", {"policy_label": "uncertain", "human_label": "edited"}),
        ("agreement=open", {"policy_label": "real", "human_label": "cannot_tell"}),
        ("match=yes", {"has_match": True}),
        ("min_probability=0.5&max_probability=0.6", {"highest": 0.55}),
        ("max_probability=0", {"highest": 0.0}),
        ("author_id=kim", {"author_id": "kim"}),
        ("q=sun", {"file_name": "SUNSET_1.jpg"}),
        ("q=post-77", {"external_id": "post-77"}),
        ("q=shadow+wrong", {"notes": "The shadows are wrong."}),
    ],
)
def test_filter_finds_what_it_names_and_nothing_else(query: str, columns: dict[str, Any], reader: Person) -> None:
    wanted = found(**columns)
    found(verdict_label="real", verdict_action="allow", decided_by="policy", highest=0.9, policy_label="real")

    assert finds(query, reader) == {wanted.pk}


def test_no_label_is_a_value_of_its_own(reader: Person) -> None:
    unlabelled, real = found(), found(human_label="real")
    found(human_label="edited")

    assert finds("human_label=none&human_label=real", reader) == {unlabelled.pk, real.pk}


def test_filter_by_role_and_model_asks_who_looked(reader: Person) -> None:
    face, general = ModelVersionFactory.create(role="face"), ModelVersionFactory.create(role="general")
    one, other = found(models_run=[face.pk, general.pk]), found(models_run=[general.pk])

    assert finds("role=face", reader) == {one.pk}
    assert finds(f"model={general.pk}", reader) == {one.pk, other.pk}
    assert finds("role=none-such", reader) == set()


def test_days_are_whole_and_in_utc(reader: Person) -> None:
    day = datetime(2026, 11, 20, tzinfo=UTC)
    inside = [SubmissionFactory.create(id=earliest("sub", day + timedelta(hours=hours))) for hours in (0, 23)]
    for hours in (-1, 24):
        SubmissionFactory.create(id=earliest("sub", day + timedelta(hours=hours)))

    assert finds("received_from=2026-11-20&received_to=2026-11-20", reader) == {one.pk for one in inside}


def test_id_and_hash_are_found_exactly(reader: Person) -> None:
    wanted = found()
    found()

    assert finds(f"q={wanted.pk}", reader) == {wanted.pk}
    assert finds(f"q={wanted.picture.sha256.upper()}", reader) == {wanted.pk}


def test_person_finds_only_clients_that_they_see() -> None:
    seen, unseen = found(), found()
    narrow = person(Role.MODERATOR, sees_every_client=False)
    narrow.visible_clients.add(seen.client)

    assert finds("", narrow) == {seen.pk}
    assert finds(f"q={unseen.pk}", narrow) == set()
    assert finds(f"client={unseen.client.slug}", narrow) == set()
    assert finds(f"id={unseen.pk}&id={seen.pk}", narrow) == {seen.pk}


def test_client_that_is_not_there_finds_nothing(reader: Person) -> None:
    found(client=ClientFactory.create(slug="kite"))

    assert finds("client=harbour", reader) == set()


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("verdict=fake", "verdict"),
        ("colour=red", "colour"),
        ("min_probability=nan", "min_probability"),
        ("min_probability=1.5", "min_probability"),
        ("max_probability=-1", "max_probability"),
        ("received_from=yesterday", "received_from"),
        ("received_to=9999-12-31", "received_to"),
        ("received_from=0001-01-01", "received_from"),
        ("author_id=%00", "author_id"),
        ("q=" + "a" * 201, "q"),
        ("agreement=agrees&agreement=maybe", "agreement"),
        ("&".join(f"id={number}" for number in range(201)), "id"),
    ],
)
def test_what_cannot_be_read_is_refused_and_never_ignored(query: str, name: str) -> None:
    with pytest.raises(Problem) as refused:
        explorer.read(QueryDict(query))

    assert refused.value.code == "invalid"
    assert [error["parameter"] for error in refused.value.errors] == [name]


def test_query_says_the_same_again() -> None:
    asked = explorer.read(QueryDict("verdict=edited&q=a+b&verdict=real&state=&client=kite"))

    assert asked.query() == "q=a+b&verdict=edited&verdict=real&client=kite"
    assert explorer.read(QueryDict(asked.query())) == asked
    assert asked.without("verdict") == "q=a+b&client=kite"


def test_counting_stops(reader: Person) -> None:
    for _ in range(4):
        found()
    rows = explorer.matching("", reader)

    assert explorer.counted(rows, 3) == (3, True)
    assert explorer.counted(rows, 4) == (4, False)
