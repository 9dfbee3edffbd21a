"""The log holds together, and a rewritten line is found."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from moderation.audit import services
from moderation.audit.models import Entry


@pytest.mark.django_db
def test_each_entry_carries_its_predecessors_hash() -> None:
    first = services.record("person:1", "case.decided", "case_1", {"label": "real"})
    second = services.record("person:2", "case.decided", "case_2")

    assert first.previous_hash == services.GENESIS
    assert second.previous_hash == first.hash
    assert services.first_broken() is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change", [{"actor": "person:9"}, {"object_id": "case_9"}, {"data": {"label": "edited"}}, {"action": "x"}]
)
def test_rewritten_entry_is_found(change: dict[str, object]) -> None:
    services.record("person:1", "a", "case_1")
    victim = services.record("person:1", "a", "case_2", {"label": "real"})
    services.record("person:1", "a", "case_3")

    Entry.objects.filter(pk=victim.pk).update(**change)

    assert services.first_broken() == victim


@pytest.mark.django_db
def test_removed_entry_is_found() -> None:
    services.record("person:1", "a", "case_1")
    middle = services.record("person:1", "a", "case_2")
    last = services.record("person:1", "a", "case_3")

    middle.delete()

    assert services.first_broken() == last


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
