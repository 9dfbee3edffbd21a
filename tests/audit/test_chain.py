"""The log holds together, the database refuses to rewrite it, and a rewritten line is found all the same."""

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, connection, transaction

from moderation.audit import services
from moderation.audit.models import Entry


@contextmanager
def unguarded() -> Iterator[None]:
    """Do what only the owner of the tables can: switch the guard off."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER audit_rows_stay")
        yield
        cursor.execute("ALTER TABLE audit_entry ENABLE TRIGGER audit_rows_stay")


@pytest.mark.django_db
def test_each_entry_carries_its_predecessors_hash() -> None:
    first = services.record("person:1", "case.decided", "case_1", {"label": "real"})
    second = services.record("person:2", "case.decided", "case_2", client="cli_1", before={"a": 1}, after={"a": 2})

    assert first.previous_hash == services.GENESIS
    assert second.previous_hash == first.hash
    assert services.first_broken() is None


@pytest.mark.django_db
def test_entry_without_the_later_fields_is_hashed_as_before_them() -> None:
    entry = services.record("person:1", "a", "case_1", {"label": "real"})
    content = f'["{services.GENESIS}", "{services._time(entry.at)}", "person:1", "a", "case_1", {{"label": "real"}}]'
    assert entry.hash == hashlib.sha256(content.encode()).hexdigest()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"actor": "person:9"},
        {"object_id": "case_9"},
        {"data": {"label": "edited"}},
        {"action": "x"},
        {"client": ""},
        {"client": "cli_2"},
        {"before": None},
        {"after": {"label": "real"}},
    ],
)
def test_rewritten_entry_is_found(change: dict[str, object]) -> None:
    services.record("person:1", "a", "case_1")
    victim = services.record("person:1", "a", "case_2", {"label": "real"}, client="cli_1", before={}, after={"x": 1})
    services.record("person:1", "a", "case_3")

    with unguarded():
        Entry.objects.filter(pk=victim.pk).update(**change)

    assert services.first_broken() == victim


@pytest.mark.django_db
def test_removed_entry_is_found() -> None:
    services.record("person:1", "a", "case_1")
    middle = services.record("person:1", "a", "case_2")
    last = services.record("person:1", "a", "case_3")

    with unguarded():
        middle.delete()

    assert services.first_broken() == last


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor = 'person:9'",
        "UPDATE audit_entry SET hash = hash",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
    ],
)
def test_database_refuses_to_rewrite_the_log(statement: str) -> None:
    services.record("person:1", "a", "case_1")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry ENABLE TRIGGER audit_table_stays")

    with pytest.raises(DatabaseError, match="The audit log only grows"), transaction.atomic():
        connection.cursor().execute(statement)

    assert list(Entry.objects.values_list("actor", flat=True)) == ["person:1"]


@pytest.mark.django_db(transaction=True)
def test_entries_written_at_once_still_form_one_chain() -> None:
    def write(number: int) -> None:
        try:
            services.record("system", "a", f"case_{number}")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(24)))

    assert Entry.objects.count() == 24
    assert services.first_broken() is None
