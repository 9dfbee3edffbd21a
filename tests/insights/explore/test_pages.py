"""The explorer's pages: who may open them, what they show, what they keep, and what they send."""

import csv
import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.test import Client as Browser

from moderation.audit.models import Entry
from moderation.clients.models import Person, Role
from moderation.insights.models import SavedView
from moderation.intake.models import StoredImage, Submission
from moderation.verdicts import services
from tests.factories import SubmissionFactory, person, said
from tests.insights.explore.finding import found

pytestmark = pytest.mark.django_db
DECIDED = {"id": "dec_1", "label": "real", "reason_code": None, "decided_at": "2026-11-21T09:00:00.000000Z"}
GETS = ("/explore/", "/explore/export.csv", "/explore/export.jsonl", "/explore/archives")
POSTS = ("/explore/views", "/explore/archives")


def visiting(browser: Browser, role: Role | None = Role.MODERATOR, **fields: Any) -> Person:
    made = person(role, **fields)
    browser.force_login(made)
    return made


def judged(probability: float = 0.9, **fields: Any) -> Submission:
    made = SubmissionFactory.create(**fields)
    services.record_analysis(made, [said(probability)], {"general": "mdl_1"})
    made.refresh_from_db()
    return made


def sent(answer: Any) -> str:
    return b"".join(answer.streaming_content).decode()


@pytest.mark.parametrize("path", GETS)
def test_visitor_is_asked_to_sign_in_and_somebody_without_a_role_is_refused(client: Browser, path: str) -> None:
    assert client.get(path).headers["Location"] == f"/accounts/login/?next={path}"
    visiting(client, None)

    assert client.get(path).status_code == 403


@pytest.mark.parametrize("path", POSTS)
def test_without_a_role_nothing_is_kept_or_made(client: Browser, path: str) -> None:
    visiting(client, None)

    assert client.post(path, {"name": "Mine"}).status_code == 403
    assert client.get("/explore/views").status_code == 405
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MODERATOR, Role.LEAD, Role.ADMINISTRATOR, Role.AUDITOR])
def test_whoever_reads_may_explore(client: Browser, role: Role) -> None:
    shown = judged()
    visiting(client, role)

    assert shown.pk in client.get("/explore/").content.decode()


@pytest.mark.parametrize("shape", ["table", "grid"])
def test_page_shows_verdict_label_and_agreement_and_counts_nothing(
    client: Browser, shape: str, django_assert_max_num_queries: Any
) -> None:
    one = judged(external_id="post-42")
    services.revise_by_person(one, "real", DECIDED, timedelta(0))
    visiting(client)
    client.get("/explore/")

    with django_assert_max_num_queries(20) as asked:
        page = client.get("/explore/", {"shape": shape, "agreement": "differs"}).content.decode()

    assert f'value="{one.pk}" form="bulk"' in page
    assert "Remove filter Verdict and label" in page
    if shape == "table":
        assert "Differs" in page
        assert "post-42" in page
    counting = [one["sql"] for one in asked.captured_queries if "COUNT(" in one["sql"]]
    assert not [sql for sql in counting if "intake_submission" in sql and "review_case" not in sql]


def test_page_of_somebody_who_sees_few_clients_shows_only_those(client: Browser) -> None:
    seen, unseen = judged(), judged()
    narrow = visiting(client, sees_every_client=False)
    narrow.visible_clients.add(seen.client)

    page = client.get("/explore/").content.decode()

    assert seen.pk in page
    assert unseen.pk not in page
    assert unseen.client.name not in page
    for form in ("csv", "jsonl"):
        told = sent(client.get(f"/explore/export.{form}", {"id": [seen.pk, unseen.pk]}))
        assert (seen.pk in told, unseen.pk in told) == (True, False)


def test_sealed_and_discarded_pictures_are_not_shown(client: Browser) -> None:
    sealed, gone = judged(), judged()
    StoredImage.objects.filter(pk=sealed.image_id).update(sealed_at=sealed.created_at, sealed_by="person:1")
    StoredImage.objects.filter(pk=gone.image_id).update(discarded_at=gone.created_at)
    visiting(client)

    page = client.get("/explore/").content.decode()

    assert "thumbnail.jpg" not in page
    assert "Sealed" in page
    assert "No longer kept" in page


def test_filter_that_cannot_be_read_shows_why_and_no_rows(client: Browser) -> None:
    hidden = judged()
    visiting(client)

    answer = client.get("/explore/", {"verdict": "fake"})

    assert answer.status_code == 422
    assert "Must be one of real" in answer.content.decode()
    assert hidden.pk not in answer.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        {"q": "'; DROP TABLE x; --"},
        {"q": "<script>alert(1)</script>"},
        {"q": "\\"},
        {"q": "& | ! ( ) :* <->"},
        {"after": "x" * 5000},
        {"before": "~"},
        {"sort": "none", "shape": "\x00"},
        {"after": "1e400~\x00"},
        {"sort": "analysed", "after": "0001-01-01T00:00:00+00:00~a"},
        {"author_id": "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace")},
    ],
)
def test_hostile_input_is_no_error(client: Browser, query: dict[str, str]) -> None:
    visiting(client)

    answer = client.get("/explore/", query)

    assert answer.status_code in {200, 422}
    assert b"<script>alert" not in answer.content


def test_pages_follow_each_other(client: Browser) -> None:
    for _ in range(52):
        found()
    visiting(client)

    first = client.get("/explore/", {"sort": "suspect"})
    older = first.context["page"].older
    second = client.get("/explore/", {"sort": "suspect", "after": older})

    shown = [row.submission.pk for answer in (first, second) for row in answer.context["rows"]]
    assert len(shown) == len(set(shown)) == 52
    assert second.context["page"].older == ""
    assert (
        f"before={second.context['page'].newer.replace('~', '~')}".split("~", maxsplit=1)[0] in second.content.decode()
    )


def test_csv_says_what_stands_and_runs_no_formula(client: Browser) -> None:
    one = judged(external_id="=HYPERLINK(1)", file_name="-1.jpg", author_id="@kim")
    visiting(client)

    answer = client.get("/explore/export.csv")

    rows = list(csv.DictReader(StringIO(sent(answer))))
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="submissions.csv"'
    assert [row["id"] for row in rows] == [one.pk]
    assert (rows[0]["external_id"], rows[0]["file_name"], rows[0]["author_id"]) == (
        "'=HYPERLINK(1)",
        "'-1.jpg",
        "'@kim",
    )
    assert (rows[0]["verdict"], rows[0]["highest_probability"], rows[0]["agrees"]) == ("ai_generated", "0.9", "")


def test_jsonl_is_the_document_of_each_in_the_pages_order(client: Browser) -> None:
    low, high = judged(0.85), judged(0.95)
    visiting(client)

    lines = sent(client.get("/explore/export.jsonl", {"sort": "suspect"})).splitlines()

    documents = [json.loads(line) for line in lines]
    assert [one["id"] for one in documents] == [high.pk, low.pk]
    assert documents[0]["verdict"]["label"] == "ai_generated"
    assert documents[0]["findings"][0]["probability"] == 0.95


def test_sealed_pictures_leave_in_no_export_whoever_asks(client: Browser) -> None:
    sealed, open_ = judged(), judged()
    StoredImage.objects.filter(pk=sealed.image_id).update(sealed_at=sealed.created_at, sealed_by="person:1")
    visiting(client, Role.ADMINISTRATOR)

    for form in ("csv", "jsonl"):
        told = sent(client.get(f"/explore/export.{form}"))
        assert (open_.pk in told, sealed.pk in told) == (True, False)


def test_export_is_in_the_audit_log_without_words_and_accounts(client: Browser) -> None:
    who = visiting(client)
    client.get("/explore/export.csv", {"q": "kim", "author_id": "kim", "verdict": "edited"})

    entry = Entry.objects.get(action="explorer.exported")
    assert entry.actor == who.actor()
    assert entry.data == {"form": "csv", "filter": "verdict=edited", "by": ["author_id", "q", "verdict"]}


def test_export_of_a_filter_that_cannot_be_read_sends_nothing(client: Browser) -> None:
    visiting(client)

    assert client.get("/explore/export.csv", {"verdict": "fake"}).status_code == 422
    assert client.get("/explore/export.xlsx").status_code == 404
    assert not Entry.objects.filter(action="explorer.exported").exists()


def test_view_is_kept_shown_replaced_and_forgotten(client: Browser) -> None:
    mine = visiting(client)

    saved = client.post("/explore/views", {"name": "Edited", "query": "verdict=edited&sort=surest&shape=grid&after=x"})

    assert saved.headers["Location"] == "/explore/?verdict=edited&sort=surest&shape=grid"
    page = client.get(saved.headers["Location"]).content.decode()
    assert '" aria-current="page">Edited</a>' in page
    client.post("/explore/views", {"name": "Edited", "query": "verdict=real"})
    view = SavedView.objects.get()
    assert (view.person, view.query) == (mine, "verdict=real")
    client.post(f"/explore/views/{view.pk}/forget")
    assert not SavedView.objects.exists()


def test_view_of_somebody_else_is_neither_seen_nor_forgotten(client: Browser) -> None:
    other = SavedView.objects.create(person=person(Role.LEAD), name="Theirs", query="verdict=real")
    visiting(client)

    assert "Theirs" not in client.get("/explore/").content.decode()
    assert client.post(f"/explore/views/{other.pk}/forget").status_code == 404
    assert SavedView.objects.filter(pk=other.pk).exists()


@pytest.mark.parametrize(
    ("name", "query"), [("", ""), ("a" * 61, ""), ("x\x00", ""), ("Bad", "verdict=fake"), ("Bad", "colour=red")]
)
def test_view_that_cannot_be_is_refused(client: Browser, name: str, query: str) -> None:
    visiting(client)

    assert client.post("/explore/views", {"name": name, "query": query}).status_code == 422
    assert not SavedView.objects.exists()


def test_person_keeps_twenty_views(client: Browser) -> None:
    mine = visiting(client)
    SavedView.objects.bulk_create(SavedView(person=mine, name=f"{at}", query="") for at in range(20))

    assert client.post("/explore/views", {"name": "one more", "query": ""}).status_code == 422
    assert client.post("/explore/views", {"name": "3", "query": "verdict=real"}).status_code == 302
    assert SavedView.objects.count() == 20
