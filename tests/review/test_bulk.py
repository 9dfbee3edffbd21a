"""One decision about many submissions: previewed, made item by item, stopped, undone as a whole."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone

from foundation.problems import Problem
from moderation.audit.models import Entry
from moderation.clients.models import Client, Person, Role
from moderation.events import services as events
from moderation.events.models import Event
from moderation.intake.models import StoredImage, Submission
from moderation.review import claims, services
from moderation.review.bulk import services as bulks
from moderation.review.bulk import work
from moderation.review.bulk.models import Bulk, BulkItem, BulkState
from moderation.review.bulk.preview import preview
from moderation.review.models import Case, CaseState, Decision
from moderation.review.services import Choice
from moderation.verdicts.models import Verdict
from tests.factories import ClientFactory, SubmissionFactory, person
from tests.review.api_for_tests import judged, told

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def harbour() -> Client:
    made: Client = ClientFactory.create()
    return made


@pytest.fixture
def moderator() -> Person:
    return person(Role.MODERATOR)


def started(who: Person, submissions: list[Submission], label: str = "ai_generated") -> Bulk:
    bulk = bulks.prepare(who, [one.pk for one in submissions])
    bulks.start(bulk, who, Choice(label, "visual_artifacts", "the same series"))
    return bulk


def outcomes(bulk: Bulk) -> list[str]:
    return list(BulkItem.objects.filter(bulk=bulk).order_by("id").values_list("outcome", flat=True))


def state(bulk: Bulk) -> tuple[str, int]:
    bulk.refresh_from_db()
    return bulk.state, bulk.done


def test_each_submission_gets_the_persons_decision(harbour: Client, moderator: Person) -> None:
    waiting, unasked = judged(harbour, 0.6), judged(harbour, 0.9)
    bulk = started(moderator, [waiting, unasked])

    assert work.run_waiting() == 2

    assert state(bulk) == (BulkState.DONE, 2)
    assert outcomes(bulk) == ["decided", "decided"]
    assert Case.objects.get().state == CaseState.DECIDED
    made = Decision.objects.order_by("submission")
    assert [(one.person, one.label, one.reason_code, one.note) for one in made] == [
        (moderator, "ai_generated", "visual_artifacts", "the same series")
    ] * 2
    assert set(Verdict.objects.filter(is_current=True).values_list("label", "decided_by")) == {
        ("ai_generated", "person")
    }
    assert Entry.objects.get(action="bulk.started").data == {"label": "ai_generated", "submissions": 2}


def test_nothing_happens_before_it_is_started(harbour: Client, moderator: Person) -> None:
    bulk = bulks.prepare(moderator, [judged(harbour).pk])

    assert work.run_waiting() == 0
    assert state(bulk) == (BulkState.DRAFT, 0)
    assert not Decision.objects.exists()


def test_preview_says_what_will_change_and_what_is_left_alone_and_so_it_comes(
    harbour: Client, moderator: Person
) -> None:
    other = person(Role.MODERATOR)
    free, unasked = judged(harbour, 0.6), judged(harbour, 0.9)
    decided, held, escalated = judged(harbour, 0.6), judged(harbour, 0.6), judged(harbour, 0.6)
    services.decide(Case.objects.get(submission=decided).pk, other, Choice("real"))
    claims.claim(Case.objects.get(submission=held).pk, other)
    claims.escalate(Case.objects.get(submission=escalated).pk, other)
    queued = SubmissionFactory.create(client=harbour)
    everything = [free, unasked, decided, held, escalated, queued]
    bulk = bulks.prepare(moderator, [one.pk for one in everything])

    shown = preview(bulk, moderator)

    assert sorted(shown.changes) == [("ai_generated", 1), ("uncertain", 1)]
    assert [(str(why), count) for why, count in shown.left] == [
        ("Decided already", 1),
        ("With somebody else, or left to others", 2),
        ("Not analysed yet, or without a picture", 1),
    ]
    bulks.start(bulk, moderator, Choice("edited"))
    work.run_waiting()
    assert outcomes(bulk) == ["decided", "decided", "left", "left", "left", "left"]
    assert Verdict.objects.get(submission=decided, is_current=True).label == "real"


def test_undo_in_time_tells_nobody_and_everything_is_as_before(harbour: Client, moderator: Person) -> None:
    submission = judged(harbour, 0.6)
    bulk = started(moderator, [submission])
    work.run_waiting()

    bulks.undo(bulk, moderator)
    work.run_waiting()

    assert state(bulk) == (BulkState.UNDONE, 1)
    assert outcomes(bulk) == ["undone"]
    case = Case.objects.get()
    assert (case.state, case.is_claimed()) == (CaseState.OPEN, False)
    assert Verdict.objects.get(is_current=True).label == "uncertain"
    Event.objects.update(not_before=Event.objects.values_list("created_at")[:1])
    assert events.dispatch_due() == 0


def test_undo_after_the_telling_tells_the_revision(harbour: Client, moderator: Person) -> None:
    submission = judged(harbour, 0.6)
    bulk = started(moderator, [submission])
    work.run_waiting()
    Event.objects.filter(type="verdict.revised").update(not_before=timezone.now() - timedelta(seconds=1))
    events.dispatch_due()

    bulks.undo(bulk, person(Role.LEAD))
    work.run_waiting()

    assert outcomes(bulk) == ["undone"]
    assert told(submission).count("verdict.revised") == 2
    assert Verdict.objects.get(is_current=True).label == "uncertain"
    assert Decision.objects.get().undone_at is not None


def test_undo_keeps_what_was_decided_anew(harbour: Client, moderator: Person) -> None:
    submission = judged(harbour, 0.9)
    bulk = started(moderator, [submission])
    work.run_waiting()
    services.decide_submission(submission, person(Role.LEAD), Choice("real"))

    bulks.undo(bulk, moderator)
    work.run_waiting()

    assert outcomes(bulk) == ["kept"]
    assert Verdict.objects.get(is_current=True).label == "real"


def test_stopped_one_leaves_the_rest_alone_and_is_undone(harbour: Client, moderator: Person) -> None:
    bulk = started(moderator, [judged(harbour, 0.9), judged(harbour, 0.9)])
    claimed = work.claim()
    assert claimed
    step, left = work.STEPS[BulkState.RUNNING]
    first = BulkItem.objects.filter(bulk=bulk).order_by("id")[0]
    assert work._take(claimed, first.pk, left, step)

    bulks.stop(bulk, moderator)

    assert not work._take(claimed, BulkItem.objects.order_by("-id")[0].pk, left, step)
    assert work.run_waiting() == 0
    assert outcomes(bulk) == ["decided", ""]
    bulks.undo(bulk, moderator)
    work.run_waiting()
    assert outcomes(bulk) == ["undone", ""]


def test_lease_that_ran_out_is_taken_over_and_the_old_worker_writes_nothing(harbour: Client, moderator: Person) -> None:
    bulk = started(moderator, [judged(harbour, 0.9)])
    lost = work.claim()
    assert lost
    assert work.claim() is None
    Bulk.objects.update(leased_until=timezone.now() - timedelta(seconds=1))

    assert work.run_waiting() == 1

    step, left = work.STEPS[BulkState.RUNNING]
    assert not work._take(lost, BulkItem.objects.get().pk, left, step)
    assert Decision.objects.count() == 1
    assert state(bulk) == (BulkState.DONE, 1)


def test_person_who_lost_the_role_or_the_client_decides_nothing_more(harbour: Client, moderator: Person) -> None:
    bulk = started(moderator, [judged(harbour, 0.9)])
    Person.objects.filter(pk=moderator.pk).update(sees_every_client=False)

    work.run_waiting()

    assert outcomes(bulk) == ["left"]
    assert not Decision.objects.exists()


def test_unseen_clients_submissions_are_left_out_of_the_draft(harbour: Client) -> None:
    narrow = person(Role.MODERATOR, sees_every_client=False)
    narrow.visible_clients.add(harbour)
    seen, unseen = judged(harbour), judged(ClientFactory.create())

    bulk = bulks.prepare(narrow, [unseen.pk, seen.pk, seen.pk, "sub_none", "a\x00b"])

    assert [item.submission for item in bulk.items.all()] == [seen]
    with pytest.raises(Problem, match="invalid"):
        bulks.prepare(narrow, [unseen.pk])


def test_too_many_are_refused(moderator: Person) -> None:
    with pytest.raises(Problem, match="invalid"):
        bulks.prepare(moderator, [f"sub_{number}" for number in range(bulks.MOST + 1)])


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_decide_each_submission_once() -> None:
    moderator, client = person(Role.MODERATOR), ClientFactory.create()
    bulk = started(moderator, [judged(client, 0.9) for _ in range(4)])

    def run(_: int) -> int:
        try:
            return work.run_waiting()
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(run, range(3))) == 4
    assert Decision.objects.count() == 4
    assert state(bulk) == (BulkState.DONE, 4)


def browser_of(who: Person) -> Browser:
    browser = Browser()
    browser.force_login(who, BACKEND)
    return browser


def test_pages_lead_from_the_selection_to_the_undoing(harbour: Client, moderator: Person) -> None:
    browser = browser_of(moderator)
    chosen = [judged(harbour, 0.6).pk, judged(harbour, 0.9).pk]

    answer = browser.post("/review/bulk/prepare", {"submission": chosen})
    address = answer["Location"]
    assert "2 will be decided" in browser.get(address).content.decode()
    assert browser.post(f"{address}/start", {"label": "nothing"}).status_code == 422
    assert browser.post(f"{address}/undo").status_code == 409
    assert browser.post(f"{address}/start", {"label": "edited"}).status_code == 302
    assert "htmx.min.js" in browser.get(address).content.decode()
    part = browser.get(address, headers={"hx-request": "true"}).content.decode()
    assert "0 of 2" in part
    assert "<html" not in part
    work.run_waiting()
    assert browser.get(address, headers={"hx-request": "true"})["HX-Refresh"] == "true"
    assert "Undo all of it" in browser.get(address).content.decode()
    assert address in browser.get("/review/bulk/").content.decode()

    assert browser.post(f"{address}/undo").status_code == 302
    work.run_waiting()
    assert "Undone" in browser.get(address).content.decode()
    assert not Verdict.objects.filter(is_current=True, decided_by="person").exists()


@pytest.mark.parametrize("role", [None, Role.VIEWER, Role.AUDITOR])
def test_others_prepare_nothing(harbour: Client, role: Role | None) -> None:
    answer = browser_of(person(role)).post("/review/bulk/prepare", {"submission": [judged(harbour).pk]})

    assert answer.status_code == 403
    assert not Bulk.objects.exists()


def test_another_moderators_bulk_decision_is_not_found_and_a_lead_only_undoes(
    harbour: Client, moderator: Person
) -> None:
    bulk = bulks.prepare(moderator, [judged(harbour).pk])
    other, lead = browser_of(person(Role.MODERATOR)), browser_of(person(Role.LEAD))

    for what in ("", "/start", "/stop", "/undo"):
        act: Any = other.post if what else other.get
        assert act(f"/review/bulk/{bulk.pk}{what}").status_code == 404
    assert lead.get(f"/review/bulk/{bulk.pk}").status_code == 200
    assert lead.post(f"/review/bulk/{bulk.pk}/start", {"label": "real"}).status_code == 403
    assert state(bulk) == (BulkState.DRAFT, 0)


def test_selection_of_nothing_says_so(moderator: Person) -> None:
    answer = browser_of(moderator).post("/review/bulk/prepare")

    assert answer.status_code == 422
    assert "Choose at least one submission." in answer.content.decode()


def test_filter_of_the_explorer_is_a_selection_too(harbour: Client, moderator: Person) -> None:
    found, _other = judged(harbour, 0.6), judged(harbour, 0.9)
    browser = browser_of(moderator)

    answer = browser.post("/review/bulk/prepare", {"verdict": "uncertain", "sort": "received"})

    assert [item.submission for item in Bulk.objects.get().items.all()] == [found]
    assert answer["Location"] == f"/review/bulk/{Bulk.objects.get().pk}"
    assert browser.post("/review/bulk/prepare", {"verdict": "fake"}).status_code == 422
    assert browser.post("/review/bulk/prepare", {"colour": "red"}).status_code == 422
    assert Bulk.objects.count() == 1


def test_sealed_picture_is_left_out(harbour: Client, moderator: Person) -> None:
    sealed, seen = judged(harbour, 0.9), judged(harbour, 0.9)
    StoredImage.objects.filter(pk=sealed.image_id).update(sealed_at=timezone.now())

    bulk = bulks.prepare(moderator, [sealed.pk, seen.pk])

    assert [item.submission for item in bulk.items.all()] == [seen]
