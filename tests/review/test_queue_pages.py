"""The queue's page: queues with counts and due times, the next case by one button, and queues that people save."""

from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.utils import timezone

from moderation.clients.models import Client, Person, Role
from moderation.intake import seals
from moderation.intake.models import Priority, SealReason
from moderation.review import cases, claims
from moderation.review.models import Case, CaseKind, CaseReason, Queue
from moderation.verdicts import services as verdicts
from tests.factories import ClientFactory, SubmissionFactory, person, said
from tests.review.api_for_tests import RAN

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def harbour() -> Client:
    made: Client = ClientFactory.create(name="Harbour", slug="harbour")
    return made


@pytest.fixture(autouse=True)
def _no_other_queues() -> None:
    Queue.objects.all().delete()


def waiting(client: Client, reason: CaseReason = CaseReason.POLICY, kind: CaseKind = CaseKind.FIRST) -> Case:
    submission = SubmissionFactory.create(client=client)
    verdicts.record_analysis(submission, [said(0.62)], RAN)
    return cases.make(submission, reason, Priority.NORMAL, kind)


def signed_in(who: Person) -> Browser:
    browser = Browser()
    browser.force_login(who, BACKEND)
    return browser


def page_of(browser: Browser, query: str = "") -> str:
    return browser.get(f"/review/{query}").content.decode()


def test_queues_stand_with_their_counts_and_first_due_time(harbour: Client) -> None:
    failed = Queue.objects.create(name="Failed <b>", slug="failed", filter={"reasons": ["failed"]})
    waiting(harbour)
    late = waiting(harbour, CaseReason.FAILED)
    Case.objects.filter(pk=late.pk).update(due_at=timezone.now() - timedelta(minutes=5, seconds=1))
    browser = signed_in(person(Role.MODERATOR))

    page = page_of(browser)

    assert "Failed &lt;b&gt;" in page
    assert 'href="/review/?queue=failed"' in page
    assert "overdue by 5 min" in page
    assert page.count("<tr><td") == 2
    assert page_of(browser, "?queue=failed").count("<tr><td") == 1
    Queue.objects.filter(pk=failed.pk).update(due_minutes=600)
    assert "due in 9 h" in page_of(browser, "?queue=failed")


def test_claim_next_opens_the_case_and_shows_others_who_works_on_it(harbour: Client) -> None:
    case = waiting(harbour)
    mo = person(Role.MODERATOR, first_name="Mo", last_name="Derator")
    browser = signed_in(mo)
    assert 'data-key="n"' in page_of(browser)

    answer = browser.post("/review/next")

    assert (answer.status_code, answer["Location"]) == (302, f"/review/cases/{case.pk}")
    assert Case.objects.get().claimed_by == mo
    assert "Yours" in page_of(browser)
    assert "Mo Derator works on this" in page_of(signed_in(person(Role.LEAD)))


def test_claim_next_stays_in_its_queue(harbour: Client) -> None:
    Queue.objects.create(name="Failed", slug="failed", filter={"reasons": ["failed"]})
    waiting(harbour)
    browser = signed_in(person(Role.MODERATOR))

    answer = browser.post("/review/next", {"queue": "failed"})

    assert answer["Location"] == "/review/?queue=failed"
    assert Case.objects.get().claimed_by is None


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AUDITOR])
def test_reader_sees_the_queue_and_claims_nothing(harbour: Client, role: Role) -> None:
    waiting(harbour)
    browser = signed_in(person(role))

    assert "Claim next" not in page_of(browser)
    browser.post("/review/next")
    assert browser.post("/review/queues/", {"name": "Mine"}).status_code == 403
    assert Case.objects.get().claimed_by is None
    assert not Queue.objects.exists()


def test_nothing_of_a_client_is_shown_whom_the_person_does_not_see(harbour: Client) -> None:
    waiting(harbour)

    page = page_of(signed_in(person(Role.MODERATOR, sees_every_client=False)))

    assert "Nothing waits." in page
    assert "Harbour" not in page


def test_verdict_is_hidden_where_a_queue_asks_for_a_first_look(harbour: Client) -> None:
    waiting(harbour)
    Queue.objects.create(name="Careful", slug="careful", evidence_first=True)

    page = page_of(signed_in(person(Role.MODERATOR)))

    assert "Verdict hidden" in page
    assert "0.62" not in page


def test_own_queue_asks_its_owner_for_a_first_look_and_nobody_else(harbour: Client) -> None:
    case, owner = waiting(harbour), person(Role.MODERATOR)
    form = {"name": "Mine", "evidence_first": "on", "grey": "on"}
    assert signed_in(owner).post("/review/queues/", form).status_code == 302

    for reader, hidden in ((owner, True), (person(Role.MODERATOR), False)):
        browser = signed_in(reader)
        assert ("Verdict hidden" in page_of(browser)) is hidden
        page = browser.get(f"/review/cases/{case.pk}").content.decode()
        assert ("Verdict hidden" in page) is hidden
        assert ('aria-keyshortcuts="G" checked>' in page) is hidden


def test_case_that_measures_people_looks_like_any_other(harbour: Client) -> None:
    first = waiting(harbour)
    case = cases.make(first.submission, CaseReason.POLICY, Priority.NORMAL, CaseKind.SECOND)
    Case.objects.filter(pk=first.pk).delete()
    verdicts.revise_by_person(case.submission, "edited", {"id": "dec_1", "label": "edited"}, timedelta(0))

    page = page_of(signed_in(person(Role.MODERATOR)))

    row = page[page.index("<tbody") : page.index("</tbody")]
    assert "Edited" not in row
    assert "Uncertain" in row
    assert "second" not in row.lower()


@pytest.mark.parametrize("slug", ["none", "a%00b", "%27"])
def test_queue_that_is_not_theirs_is_not_found(harbour: Client, slug: str) -> None:
    Queue.objects.create(name="Theirs", slug="theirs", owner=person(Role.LEAD))
    browser = signed_in(person(Role.MODERATOR))

    assert browser.get(f"/review/?queue={slug}").status_code == 404
    assert browser.get("/review/?queue=theirs").status_code == 404
    assert browser.post("/review/next", {"queue": "theirs"}).status_code == 404


def test_moderator_saves_a_queue_of_their_own(harbour: Client) -> None:
    mo = person(Role.MODERATOR)
    browser = signed_in(mo)

    answer = browser.post(
        "/review/queues/",
        {
            "name": "Faces, reported",
            "reasons": ["report"],
            "clients": ["harbour"],
            "roles": "face, edited",
            "min_score": "0.5",
            "escalated": "no",
            "due_minutes": "30",
            "grey": "on",
            "shared": "on",
        },
    )

    queue = Queue.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/review/?queue={queue.slug}")
    assert queue.filter == {
        "reasons": ["report"],
        "clients": ["harbour"],
        "roles": ["face", "edited"],
        "min_score": 0.5,
        "escalated": False,
    }
    assert (queue.owner, queue.blur, queue.grey, queue.due_minutes) == (mo, False, True, 30)


def test_lead_changes_and_deletes_a_shared_queue_which_a_moderator_cannot(harbour: Client) -> None:
    queue = Queue.objects.create(name="All faces", slug="all-faces", filter={"kinds": ["first"]})
    lead, moderator = signed_in(person(Role.LEAD)), signed_in(person(Role.MODERATOR))
    address = f"/review/queues/{queue.pk}"
    assert 'value="All faces"' in lead.get(address).content.decode()
    assert moderator.get(address).status_code == 404
    assert moderator.post(f"{address}/remove").status_code == 404

    lead.post(address, {"name": "Faces", "shared": "on", "labels": ["edited"]})

    queue.refresh_from_db()
    assert (queue.name, queue.owner, queue.slug) == ("Faces", None, "all-faces")
    assert queue.filter == {"labels": ["edited"], "kinds": ["first"]}
    lead.post(f"{address}/remove")
    assert not Queue.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 61),
        ("reasons", "bored"),
        ("clients", "forum"),
        ("roles", "'; drop table"),
        ("min_score", "2"),
        ("max_score", "nan"),
        ("due_minutes", "0"),
    ],
)
def test_impossible_queue_is_refused_with_its_fault(harbour: Client, field: str, value: str) -> None:
    answer = signed_in(person(Role.MODERATOR)).post("/review/queues/", {"name": "Mine", field: value})

    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not Queue.objects.exists()


def test_unseen_client_is_no_choice(harbour: Client) -> None:
    narrow = signed_in(person(Role.MODERATOR, sees_every_client=False))

    assert "Harbour" not in narrow.get("/review/queues/").content.decode()
    assert narrow.post("/review/queues/", {"name": "Mine", "clients": ["harbour"]}).status_code == 422


def test_claim_that_is_given_back_is_shown_no_more(harbour: Client) -> None:
    mo = person(Role.MODERATOR, first_name="Mo")
    case = waiting(harbour)
    claims.claim(case.pk, mo)

    claims.release(case.pk, mo)

    assert "works on this" not in page_of(signed_in(person(Role.LEAD)))


def test_sealed_picture_comes_to_nobody_but_the_role_that_sees_it(harbour: Client) -> None:
    sealed = waiting(harbour)
    keeper, moderator = person(Role.ADMINISTRATOR), person(Role.MODERATOR)
    seals.seal(sealed.submission.picture, moderator, SealReason.OTHER)

    signed_in(moderator).post("/review/next")
    assert Case.objects.get().claimed_by is None
    assert f"/review/cases/{sealed.pk}" not in page_of(signed_in(moderator))
    assert f"/review/cases/{sealed.pk}" in page_of(signed_in(keeper))
