"""The client against the real site over HTTP: what it calls exists, and answers what its types say."""

import typing
from typing import Any

import pytest

from assay_client import Problem, documents
from moderation.clients.models import ApiKey
from moderation.intake.models import Erasure, Submission
from moderation.verdicts import services as verdicts
from tests.factories import key, picture, said
from tests.python_client.conftest import Connect

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]
RAN = {"general": "mdl_1", "face": "mdl_2", "edited": "mdl_3"}


@pytest.fixture
def own() -> tuple[ApiKey, str]:
    return key()


@pytest.fixture
def site(connect: Connect, live_server: Any, own: tuple[ApiKey, str]) -> Any:
    return connect(live_server.url, key=own[1])


def judged(site: Any, probability: float = 0.9) -> str:
    """Submit a picture and record what a worker would."""
    submission: str = site.submit_bytes(picture(shade=1), name="a.png", external_id="post-42")["id"]
    verdicts.record_analysis(Submission.objects.get(pk=submission), [said(probability)], RAN)
    return submission


def fits(found: Any, kind: type) -> bool:
    """Say whether every field that a type promises is there."""
    return set(typing.get_type_hints(kind)) <= set(found)


def test_submission_is_taken_read_and_listed(site: Any, own: tuple[ApiKey, str]) -> None:
    data = picture(shade=1)
    made = site.submit_bytes(data, name="ä.png", external_id="post-42", metadata={"a": 1}, priority="high")

    assert fits(made, documents.Document)
    assert fits(made["image"], documents.Image)
    assert (made["state"], made["external_id"], made["metadata"]) == ("queued", "post-42", {"a": 1})
    assert made["image"]["bytes"] == len(data)
    assert site.get(made["id"])["id"] == made["id"]
    assert [one["id"] for one in site.submissions(external_id="post-42")] == [made["id"]]
    assert list(site.submissions(external_id="post-43")) == []
    assert Submission.objects.get().client == own[0].client


def test_same_idempotency_key_makes_one_submission(site: Any) -> None:
    data = picture()

    first, second = (site.submit_bytes(data, idempotency_key='post "42"') for _ in range(2))

    assert first["id"] == second["id"]
    assert Submission.objects.count() == 1
    with pytest.raises(Problem, match="idempotency-key-reused"):
        site.submit_bytes(picture(shade=9), idempotency_key='post "42"')


def test_list_has_more_than_a_page(site: Any) -> None:
    made = [site.submit_bytes(picture(shade=shade))["id"] for shade in range(5)]

    assert [one["id"] for one in site.submissions(limit=2)] == made[::-1]


def test_batch_answers_for_each_item(site: Any) -> None:
    good, bad = site.submit_batch([{"image_base64": "d29yZHM="}, {"url": "ftp://pictures.example/1"}])

    assert (good["index"], good["problem"]["status"], bad["problem"]["code"]) == (0, 415, "url-forbidden")


def test_verdict_is_decided_reported_and_appealed(site: Any) -> None:
    one = judged(site)

    report = site.report(one, "real", note="we have the raw file")
    decision = site.decide(one, "edited", reason_code="visual_artifacts", note="a seam")
    appeal = site.appeal(one, "I took it myself")

    assert fits(report, documents.Report)
    assert fits(decision, documents.Decision)
    assert fits(appeal, documents.Appeal)
    document = site.get(one)
    assert fits(document["verdict"], documents.Verdict)
    assert fits(document["decision"], documents.StandingDecision)
    assert fits(document["findings"][0], documents.Finding)
    assert (document["verdict"]["label"], document["verdict"]["decided_by"]) == ("edited", "person")
    assert [found["id"] for found in site.decisions(one)] == [decision["id"]]
    assert [(found["id"], found["outcome"]) for found in site.reports(submission=one)] == [(report["id"], "rejected")]
    assert [found["id"] for found in site.appeals(state="open")] == [appeal["id"]]
    assert site.get_appeal(appeal["id"])["statement"] == "I took it myself"
    with pytest.raises(Problem, match="409 conflict"):
        site.appeal(one, "again")


def test_erased_submission_leaves_its_receipt(site: Any) -> None:
    one = judged(site)

    receipt = site.erase(one)

    assert fits(receipt, documents.Receipt)
    assert site.erase(one) == receipt == next(iter(site.erasures()))
    with pytest.raises(Problem, match="410 gone"):
        site.get(one)


def test_author_is_erased_by_any_name(site: Any) -> None:
    site.submit_bytes(picture(), author_id="a/b ä?")

    order = site.erase_author("a/b ä?")

    assert fits(order, documents.AuthorErasure)
    assert (order["author_id"], order["submissions"]) == ("a/b ä?", 1)


def test_caller_is_told_who_they_are(site: Any, own: tuple[ApiKey, str]) -> None:
    me = site.me()

    assert (me["client"]["id"], me["key"]["id"]) == (own[0].client.pk, own[0].pk)
    assert {limit["policy"] for limit in me["limits"]} == {"client", "key"}


def test_refusal_is_a_problem_with_its_page(site: Any, live_server: Any) -> None:
    with pytest.raises(Problem) as raised:
        site.submit_bytes(b"these are words")

    found = raised.value
    assert (found.status, found.code) == (415, "unsupported-media-type")
    assert found.type == f"{live_server.url}/problems/unsupported-media-type"
    assert found.request_id
    assert not Submission.objects.exists()


def test_another_client_sees_and_changes_nothing(site: Any, connect: Connect, live_server: Any) -> None:
    one = judged(site)
    other = connect(live_server.url, key=key()[1])

    assert list(other.submissions()) == []
    for call in (
        lambda: other.get(one),
        lambda: other.decide(one, "real"),
        lambda: other.report(one, "real"),
        lambda: other.appeal(one, "mine"),
        lambda: other.erase(one),
        lambda: list(other.decisions(one)),
    ):
        with pytest.raises(Problem, match="404 not-found"):
            call()
    assert site.get(one)["verdict"]["revision"] == 1
    assert not Erasure.objects.exists()


def test_bad_key_is_a_problem(connect: Connect, live_server: Any) -> None:
    with pytest.raises(Problem) as raised:
        connect(live_server.url, key="ask_absent").me()

    assert (raised.value.status, raised.value.code) == (401, "unauthenticated")


def test_key_without_the_scope_is_refused(connect: Connect, live_server: Any, own: tuple[ApiKey, str]) -> None:
    reader = connect(live_server.url, key=key(own[0].client, ["read"])[1])

    with pytest.raises(Problem, match="403 forbidden: This key lacks the scope 'submit'"):
        reader.submit_bytes(picture())
    assert not Submission.objects.exists()
