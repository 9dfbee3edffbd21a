"""Erasing: nothing of a submission is left but its receipt, and nothing of another one goes."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.db import OperationalError, connection
from django.utils import timezone

from foundation import broker
from foundation.problems import Problem
from moderation.audit.models import Entry
from moderation.clients.models import StoredAnswer
from moderation.events.models import Event
from moderation.intake import erasers, erasing, fetching, files, orders, work
from moderation.intake.erasers import Traces
from moderation.intake.erasing import erase
from moderation.intake.models import FETCHES, AuthorErasure, Erasure, Source, StoredImage, Submission, Work
from moderation.intake.services import Particulars, submit, submit_url
from moderation.review.models import Case, CaseReason
from moderation.review.services import open_case
from moderation.verdicts import services as verdicts
from moderation.verdicts.models import Finding, Verdict
from moderation.webhooks.models import Attempt, Delivery
from moderation.webhooks.models import State as DeliveryState
from tests.factories import ClientFactory, picture, said
from tests.webhooks.factories import delivery, endpoint

pytestmark = pytest.mark.django_db
BY_API = Particulars(source=Source.API)
RAN = {"general": "mdl_1", "face": "mdl_2", "edited": "mdl_3"}


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def nudges(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []
    monkeypatch.setattr(broker._sender, "put", lambda task, queue_name: found.append(task))
    return found


def submitted(client: Any = None, shade: int = 0, **options: Any) -> Submission:
    owner = client or ClientFactory.create()
    return submit(owner, picture(shade=shade), Particulars(source=Source.API, **options))


def committed(submission: Submission, capture: Any) -> Erasure:
    with capture(execute=True):
        receipt = erase(submission, actor="key_1")
    receipt.refresh_from_db()
    return receipt


def rows_that_name(submission: Submission) -> list[str]:
    """Return the tables with a row that has the submission's id as the value of a column, the receipt's aside."""
    found = []
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            target = field.remote_field.model if field.remote_field else None
            named = target is Submission or (field.name == "id" and model is Submission)
            if named and model._default_manager.filter(**{field.attname: submission.pk}).exists():
                found.append(model._meta.label)
    return found


def test_nothing_is_left_but_the_receipt(django_capture_on_commit_callbacks: Any) -> None:
    submission = submitted(author_id="u1", metadata={"secret": "word"})
    verdicts.record_analysis(submission, [said(0.9), said(0.4, "face", [1, 2, 30, 40])], RAN)
    open_case(submission.pk, CaseReason.POLICY)
    path = submission.picture.path
    assert rows_that_name(submission) != []

    receipt = committed(submission, django_capture_on_commit_callbacks)

    assert (receipt.submission, receipt.client_id) == (submission.pk, submission.client_id)
    assert {"cases", "events", "findings", "original", "verdicts"} <= set(receipt.erased)
    assert receipt.erased == sorted(receipt.erased)
    assert (receipt.models_trained_on_it, receipt.files) == ([], [])
    assert rows_that_name(submission) == []
    for model in (Submission, Work, StoredImage, Finding, Verdict, Case):
        assert not model._default_manager.exists(), model
    assert not default_storage.exists(path)
    (event,) = Event.objects.all()
    assert event.body["data"] == {"id": submission.pk, "erased": True}
    assert "word" not in str(event.body)


def test_audit_log_says_who_erased_what(django_capture_on_commit_callbacks: Any) -> None:
    submission = submitted(author_id="u1")

    committed(submission, django_capture_on_commit_callbacks)

    entry = Entry.objects.get(action="submission.erased")
    assert (entry.actor, entry.object_id) == ("key_1", submission.pk)
    assert "u1" not in str(entry.data)


def test_bytes_stay_while_another_submission_has_them(django_capture_on_commit_callbacks: Any) -> None:
    client = ClientFactory.create()
    first, second = submitted(client), submitted(client)
    path = first.picture.path

    receipt = committed(first, django_capture_on_commit_callbacks)
    assert "original" not in receipt.erased
    assert default_storage.open(path).read() == picture()

    receipt = committed(second, django_capture_on_commit_callbacks)
    assert "original" in receipt.erased
    assert not default_storage.exists(path)


def test_another_clients_same_bytes_stay(django_capture_on_commit_callbacks: Any) -> None:
    mine, theirs = submitted(), submitted()

    committed(mine, django_capture_on_commit_callbacks)

    assert default_storage.exists(theirs.picture.path)
    assert list(Submission.objects.all()) == [theirs]


def test_other_submissions_of_the_client_lose_nothing(django_capture_on_commit_callbacks: Any) -> None:
    client = ClientFactory.create()
    gone, stays = submitted(client), submitted(client, shade=9)
    verdicts.record_analysis(gone, [said(0.9)], RAN)
    verdicts.record_analysis(stays, [said(0.2)], RAN)

    committed(gone, django_capture_on_commit_callbacks)

    assert Finding.objects.get().submission == stays
    assert Verdict.objects.get().submission == stays
    assert Event.objects.get(subject=stays.pk).body["data"]["id"] == stays.pk
    assert Event.objects.get(subject=stays.pk).erased_at is None


def test_image_that_comes_again_after_it_was_erased_is_stored_anew(django_capture_on_commit_callbacks: Any) -> None:
    client = ClientFactory.create()
    committed(submitted(client), django_capture_on_commit_callbacks)

    again = submitted(client)

    assert default_storage.open(again.picture.path).read() == picture()


def test_files_go_after_the_commit_only(django_capture_on_commit_callbacks: Any) -> None:
    submission = submitted()
    path = submission.picture.path

    with django_capture_on_commit_callbacks(execute=False):
        receipt = erase(submission, actor="key_1")

    assert receipt.files == [path]
    assert default_storage.exists(path)


def test_sweep_removes_the_files_that_a_dead_process_left(monkeypatch: pytest.MonkeyPatch) -> None:
    submission = submitted()
    path = submission.picture.path
    receipt = erase(submission, actor="key_1")

    assert erasing.remove_left_files() == 0
    Erasure.objects.update(erased_at=timezone.now() - timedelta(minutes=1))
    assert erasing.remove_left_files() == 1

    receipt.refresh_from_db()
    assert receipt.files == []
    assert not default_storage.exists(path)
    assert erasing.remove_left_files() == 0


def test_file_that_cannot_be_removed_is_kept_on_the_receipt(monkeypatch: pytest.MonkeyPatch) -> None:
    receipt = erase(submitted(), actor="key_1")

    def broken(_: str) -> None:
        raise OSError("the bucket does not answer")

    with monkeypatch.context() as patched:
        patched.setattr(default_storage, "delete", broken)
        erasing.remove_files(receipt)
    receipt.refresh_from_db()
    assert len(receipt.files) == 1


def test_file_that_was_stored_again_meanwhile_is_not_removed() -> None:
    client = ClientFactory.create()
    receipt = erase(submitted(client), actor="key_1")
    again = submitted(client)

    erasing.remove_files(receipt)

    assert default_storage.open(again.picture.path).read() == picture()


def test_second_erasure_is_gone_and_changes_nothing(django_capture_on_commit_callbacks: Any) -> None:
    submission = submitted()
    committed(submission, django_capture_on_commit_callbacks)

    with pytest.raises(Problem, match="gone"):
        erase(submission, actor="key_2")

    assert Erasure.objects.count() == Entry.objects.filter(action="submission.erased").count() == 1


def test_worker_that_has_it_in_hand_finds_its_claim_gone(django_capture_on_commit_callbacks: Any) -> None:
    submission = submitted()
    (held,) = work.claim(1, timedelta(seconds=30))

    committed(submission, django_capture_on_commit_callbacks)

    assert work.close(held) is False
    assert work.give_back(held, "late") is False
    assert verdicts.record_analysis(held.submission, [said(0.9)], RAN) == []
    assert verdicts.record_failure(held.submission, "internal", "late") is False
    assert not Finding.objects.exists()
    assert not Verdict.objects.exists()
    assert not Event.objects.exists()


def test_picture_that_is_being_fetched_is_not_taken_in(django_capture_on_commit_callbacks: Any) -> None:
    submission = submit_url(ClientFactory.create(), "http://pictures.example/", BY_API)
    (held,) = work.claim(1, timedelta(seconds=30), FETCHES)

    receipt = committed(submission, django_capture_on_commit_callbacks)

    assert fetching.take_in(held, picture()) is False
    assert receipt.erased == []
    assert not StoredImage.objects.exists()
    assert not Work.objects.exists()


def test_event_that_was_not_told_never_is_and_its_delivery_stops(django_capture_on_commit_callbacks: Any) -> None:
    submission = submitted()
    verdicts.record_analysis(submission, [said(0.9)], RAN)
    event = Event.objects.get()
    pending = delivery(endpoint(), event)
    delivered = delivery(endpoint(), event, state=DeliveryState.DELIVERED)
    other = delivery(endpoint())
    Attempt.objects.create(
        delivery=delivered, number=1, started_at=timezone.now(), milliseconds=1, response_excerpt="thanks, u1"
    )

    receipt = committed(submission, django_capture_on_commit_callbacks)

    event.refresh_from_db()
    assert event.retracted_at is not None
    states = dict(Delivery.objects.values_list("pk", "state"))
    assert states == {
        pending.pk: DeliveryState.FAILED,
        delivered.pk: DeliveryState.DELIVERED,
        other.pk: DeliveryState.PENDING,
    }
    assert Attempt.objects.get().response_excerpt == ""
    assert "webhook replies" in receipt.erased


def test_stored_answers_that_show_it_go_too(django_capture_on_commit_callbacks: Any) -> None:
    submission = submitted()
    at = timezone.now()
    for place, body in (("a", f'{{"id": "{submission.pk}"}}'), ("b", '{"id": "sub_other"}')):
        StoredAnswer.objects.create(
            place=place, owner=submission.client_id, fingerprint="f", status=202, body=body, created_at=at
        )

    committed(submission, django_capture_on_commit_callbacks)

    assert [one.place for one in StoredAnswer.objects.all()] == ["b"]


def test_erasers_of_other_apps_are_asked_while_the_rows_stand(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    asked: list[bool] = []

    def eraser(submission: Submission) -> Traces:
        asked.append(Submission.objects.filter(pk=submission.pk).exists())
        return Traces(["places in datasets"], ["mdl_2", "mdl_1"])

    monkeypatch.setattr(erasers, "_erasers", {})
    erasers.register("learning", eraser)
    erasers.register("again", eraser)

    receipt = committed(submitted(), django_capture_on_commit_callbacks)

    assert asked == [True, True]
    assert receipt.models_trained_on_it == ["mdl_1", "mdl_2"]
    assert "places in datasets" in receipt.erased


def test_eraser_that_fails_leaves_everything_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    submission = submitted()

    def broken(_: Submission) -> Traces:
        raise RuntimeError("no")

    monkeypatch.setattr(erasers, "_erasers", {"broken": broken})

    with pytest.raises(RuntimeError):
        erase(submission, actor="key_1")

    assert Submission.objects.filter(pk=submission.pk).exists()
    assert not Erasure.objects.exists()
    assert default_storage.exists(submission.picture.path)


@pytest.mark.parametrize(("faults", "succeeds"), [(1, True), (2, True), (3, False)])
def test_deadlock_is_tried_again_twice(monkeypatch: pytest.MonkeyPatch, faults: int, succeeds: bool) -> None:
    submission = submitted()
    left = [OperationalError("deadlock detected")] * faults
    lock = erasing._lock

    def locked(one: Submission) -> None:
        if left:
            raise left.pop()
        lock(one)

    monkeypatch.setattr(erasing, "_lock", locked)
    if succeeds:
        erase(submission, actor="key_1")
    else:
        with pytest.raises(OperationalError):
            erase(submission, actor="key_1")

    assert Submission.objects.exists() is not succeeds
    assert Erasure.objects.exists() is succeeds


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Run the calls in threads of their own, and return what each returned or raised."""

    def run(call: Callable[[], object]) -> object:
        try:
            return call()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_of_many_who_erase_at_once_one_does(transactional_db: None) -> None:
    submission = submitted()

    results = at_once(*[lambda: erase(submission, actor="key_1")] * 6)

    receipts = [one for one in results if isinstance(one, Erasure)]
    problems = [one for one in results if isinstance(one, Problem)]
    assert (len(receipts), [one.code for one in problems]) == (1, ["gone"] * 5)
    assert not Submission.objects.exists()


def test_same_bytes_stored_and_erased_at_once_never_lose_the_file(transactional_db: None) -> None:
    client = ClientFactory.create()
    for _ in range(6):
        before = submitted(client)
        _, after = at_once(lambda one=before: erase(one, actor="key_1"), lambda: submitted(client))  # type: ignore[misc]

        assert isinstance(after, Submission), after
        assert default_storage.open(after.picture.path).read() == picture()
        erase(after, actor="key_1")

    assert not StoredImage.objects.exists()
    assert not default_storage.exists(files.path_of(client, "0" * 64))


def test_erasing_while_a_worker_records_leaves_nothing(transactional_db: None) -> None:
    for _ in range(6):
        submission = submitted()
        (held,) = work.claim(1, timedelta(seconds=30))

        def record(one: Work = held) -> object:
            return work.close(one) and verdicts.record_analysis(one.submission, [said(0.9)], RAN)

        receipt, _ = at_once(lambda one=submission: erase(one, actor="key_1"), record)  # type: ignore[misc]

        assert isinstance(receipt, Erasure), receipt
        assert rows_that_name(submission) == []
        left = Event.objects.filter(subject=submission.pk, erased_at=None)
        assert not left.exists()


def test_order_erases_what_the_author_sent_until_then_and_nothing_else(nudges: list[str]) -> None:
    client = ClientFactory.create()
    mine = [submitted(client, shade=n, author_id="u1") for n in range(3)]
    by_url = submit_url(client, "http://pictures.example/", Particulars(source=Source.API, author_id="u1"))
    another = submitted(client, shade=7, author_id="u2")
    nobody = submitted(client, shade=8)
    foreign = submitted(shade=9, author_id="u1")

    assert orders.give(client, "u1", actor="key_1") == 4
    later = submitted(client, shade=10, author_id="u1")
    assert orders.carry_out() == 4

    assert set(Submission.objects.all()) == {another, nobody, foreign, later}
    receipts = set(Erasure.objects.values_list("submission", "client"))
    assert receipts == {(one.pk, client.pk) for one in (*mine, by_url)}
    assert not AuthorErasure.objects.exists()
    assert orders.carry_out() == 0


def test_order_is_carried_out_in_parts_and_stands_until_it_is_done(nudges: list[str]) -> None:
    client = ClientFactory.create()
    for shade in range(3):
        submitted(client, shade=shade, author_id="u1")
    orders.give(client, "u1", actor="key_1")

    assert orders.carry_out(limit=2) == 2
    assert AuthorErasure.objects.count() == 1
    assert "intake.erase" in nudges
    assert orders.carry_out(limit=2) == 1
    assert not AuthorErasure.objects.exists()


def test_one_that_cannot_be_erased_keeps_no_other_and_the_order_stands(
    nudges: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = ClientFactory.create()
    bad, good = (submitted(client, shade=shade, author_id="u1") for shade in range(2))
    orders.give(client, "u1", actor="key_1")

    def sometimes(submission: Submission, *, actor: str) -> Erasure:
        if submission == bad:
            raise RuntimeError("no")
        return erase(submission, actor=actor)

    monkeypatch.setattr(orders, "erase", sometimes)

    assert orders.carry_out() == 1

    assert list(Submission.objects.all()) == [bad]
    assert AuthorErasure.objects.count() == 1
    assert not Submission.objects.filter(pk=good.pk).exists()


def test_order_given_again_while_it_runs_reaches_further(nudges: list[str]) -> None:
    client = ClientFactory.create()
    submitted(client, author_id="u1")
    orders.give(client, "u1", actor="key_1")
    submitted(client, shade=1, author_id="u1")

    assert orders.give(client, "u1", actor="key_1") == 2

    assert AuthorErasure.objects.count() == 1
    assert orders.carry_out() == 2


def test_sweep_wakes_a_worker_only_while_orders_stand(nudges: list[str]) -> None:
    orders.sweep()
    assert nudges == []
    orders.give(ClientFactory.create(), "nobody", actor="key_1")

    orders.sweep()
    assert nudges == ["intake.erase"]
    assert orders.carry_out() == 0
    assert not AuthorErasure.objects.exists()
