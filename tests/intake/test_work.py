"""Claims under a lease: nobody gets what another holds, and only the holder closes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from moderation.intake import work
from moderation.intake.models import Priority, State, Work
from tests.factories import WorkFactory

LEASE = timedelta(seconds=30)


@pytest.mark.django_db
def test_claim_takes_the_most_urgent_and_oldest_first() -> None:
    late = WorkFactory.create(priority=Priority.LOW)
    first, second = WorkFactory.create_batch(2)
    urgent = WorkFactory.create(priority=Priority.HIGH)

    assert [one.pk for one in work.claim(3, LEASE)] == [urgent.pk, first.pk, second.pk]
    assert [one.pk for one in work.claim(3, LEASE)] == [late.pk]
    assert work.claim(3, LEASE) == []


@pytest.mark.django_db
def test_claim_marks_attempt_token_lease_and_state() -> None:
    made = WorkFactory.create()

    (claimed,) = work.claim(1, LEASE)

    assert (claimed.pk, claimed.attempts) == (made.pk, 1)
    assert claimed.token is not None
    assert claimed.leased_until is not None
    assert timezone.now() < claimed.leased_until <= timezone.now() + LEASE
    assert claimed.submission.state == State.ANALYSING


@pytest.mark.django_db
def test_work_that_was_tried_before_is_claimed_alone() -> None:
    tried = WorkFactory.create(attempts=1)
    fresh = WorkFactory.create_batch(2)

    assert [one.pk for one in work.claim(8, LEASE)] == [tried.pk]
    assert [one.pk for one in work.claim(8, LEASE)] == [one.pk for one in fresh]


@pytest.mark.django_db
def test_close_happens_once() -> None:
    WorkFactory.create()
    (claimed,) = work.claim(1, LEASE)

    assert work.close(claimed) is True
    assert work.close(claimed) is False
    assert Work.objects.get().done_at is not None


@pytest.mark.django_db
def test_holder_that_lost_its_lease_cannot_close_or_give_back() -> None:
    WorkFactory.create()
    (lost,) = work.claim(1, LEASE)
    work.give_back(lost, "the worker stopped")
    (held,) = work.claim(1, LEASE)

    assert work.close(lost) is False
    assert work.give_back(lost, "late") is False
    assert Work.objects.get().token == held.token
    assert Work.objects.get().last_error == "the worker stopped"


@pytest.mark.django_db
def test_given_back_work_waits_again_and_its_submission_is_queued() -> None:
    WorkFactory.create()
    (claimed,) = work.claim(1, LEASE)

    assert work.give_back(claimed, "x" * 5000) is True

    waiting = work.waiting().get()
    assert (waiting.attempts, len(waiting.last_error)) == (1, 2000)
    assert waiting.submission.state == State.QUEUED


@pytest.mark.django_db
def test_only_leases_that_ran_out_are_expired() -> None:
    held, over = WorkFactory.create_batch(2)
    work.claim(2, LEASE)
    Work.objects.filter(pk=over.pk).update(leased_until=timezone.now() - timedelta(seconds=1))

    assert [one.pk for one in work.expired()] == [over.pk]
    assert held.pk != over.pk


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_share_the_work_without_doubling() -> None:
    made = {one.pk for one in WorkFactory.create_batch(40)}

    def claim_some(_: int) -> list[str]:
        try:
            return [one.pk for one in work.claim(5, LEASE)]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        claims = [pk for claim in pool.map(claim_some, range(16)) for pk in claim]

    assert sorted(claims) == sorted(made)
