"""Batches: every item has an answer of its own, and one bad item harms no other."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client as Browser

from moderation.clients.models import Role
from moderation.intake.items import submit_item
from moderation.intake.models import Priority, StoredImage, Submission, Work
from tests.factories import key, person, picture

pytestmark = pytest.mark.django_db
URL = "/api/v1/submissions/batch"
PICTURE = "https://pictures.example/42.jpg"


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def post(browser: Browser, body: Any, secret: str | None = None, **headers: str) -> Any:
    given = {"authorization": f"Bearer {secret or key()[1]}", **headers}
    return browser.post(URL, json.dumps(body), content_type="application/json", headers=given)


def inline(data: bytes) -> dict[str, str]:
    return {"image_base64": base64.b64encode(data).decode()}


def test_each_item_is_answered_in_its_place_as_it_would_be_alone(client: Browser) -> None:
    made, secret = key()
    items = [
        {"url": PICTURE, "external_id": "a", "priority": "low"},
        {"url": "http://10.0.0.1/"},
        inline(picture(80, 40)),
        inline(b"<svg/>"),
        {"url": PICTURE, "metadata": [1], "external_id": 7},
        "text",
        None,
        {},
    ]

    answer = post(client, {"items": items}, secret)

    results = answer.json()["results"]
    assert answer.status_code == 207
    assert [one["index"] for one in results] == list(range(8))
    assert [one["status"] for one in results] == [202, 422, 202, 415, 422, 422, 422, 422]
    assert [one.get("problem", {}).get("code") for one in results] == [
        None, "url-forbidden", None, "unsupported-media-type", "invalid", "invalid", "invalid", "invalid"
    ]  # fmt: skip
    assert all(("submission" in one) != ("problem" in one) for one in results)
    by_url, by_bytes = results[0]["submission"], results[2]["submission"]
    assert (by_url["external_id"], by_url["state"], by_url["image"]) == ("a", "queued", None)
    assert by_bytes["image"]["width"] == 80
    assert set(Submission.objects.values_list("pk", "client")) == {
        (by_url["id"], made.client_id),
        (by_bytes["id"], made.client_id),
    }
    assert Work.objects.get(submission=by_url["id"]).priority == Priority.LOW
    assert (Work.objects.count(), StoredImage.objects.count()) == (2, 1)


def test_pointers_lead_from_the_whole_body(client: Browser) -> None:
    items = [{"url": PICTURE}, {"url": PICTURE, "metadata": [1], "external_id": 7}, 1, {"url": "ftp://a/"}]

    results = post(client, {"items": items}).json()["results"]

    pointers = [{one["pointer"] for one in result["problem"]["errors"]} for result in results[1:]]
    assert pointers == [{"#/items/1/metadata", "#/items/1/external_id"}, {"#/items/2"}, {"#/items/3/url"}]
    assert results[1]["problem"]["type"].endswith("/problems/invalid")
    assert results[1]["problem"]["instance"] == URL


@pytest.mark.parametrize(
    "body",
    [{}, [], None, "x", {"items": None}, {"items": []}, {"items": {}}, {"items": "ab"}, {"items": [{}] * 101}],
)
def test_body_without_1_to_100_items_is_422_and_stores_nothing(client: Browser, body: Any) -> None:
    answer = post(client, body)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert [one["pointer"] for one in answer.json()["errors"]] == ["#/items"]
    assert not Submission.objects.exists()


def test_a_hundred_items_are_taken(client: Browser) -> None:
    answer = post(client, {"items": [{"url": f"{PICTURE}?{n}"} for n in range(100)]})

    assert {one["status"] for one in answer.json()["results"]} == {202}
    assert Submission.objects.count() == 100


def test_fault_of_ours_in_one_item_leaves_nothing_of_it_and_the_others_stand(
    client: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:

    def breaking(owner: Any, item: Any) -> Submission:
        made = submit_item(owner, item)
        if item["external_id"] == "bad":
            raise RuntimeError("the disk is full")
        return made

    monkeypatch.setattr("moderation.verdicts.batches.submit_item", breaking)

    answer = post(client, {"items": [{"url": PICTURE, "external_id": name} for name in ("a", "bad", "c")]})

    results = answer.json()["results"]
    assert [one["status"] for one in results] == [202, 500, 202]
    assert results[1]["problem"]["code"] == "internal"
    assert "disk" not in answer.content.decode()
    assert set(Submission.objects.values_list("external_id", flat=True)) == {"a", "c"}


def test_batch_is_answered_once_for_its_idempotency_key(client: Browser) -> None:
    _, secret = key()
    body = {"items": [{"url": PICTURE}, {"url": "ftp://a/"}]}

    first = post(client, body, secret, **{"Idempotency-Key": "k1"})
    second = post(client, body, secret, **{"Idempotency-Key": "k1"})

    assert (first.status_code, second.status_code) == (207, 207)
    assert first.json() == second.json()
    assert second["Idempotency-Replayed"] == "true"
    assert Submission.objects.count() == 1


def test_form_is_no_batch(client: Browser) -> None:
    answer = client.post(URL, {"items": "[]"}, headers={"authorization": f"Bearer {key()[1]}"})

    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-media-type")


def test_key_without_submit_and_a_person_are_403_and_store_nothing(client: Browser) -> None:
    body = {"items": [{"url": PICTURE}]}

    assert post(client, body, key(scopes=["read", "decide", "manage"])[1]).status_code == 403
    client.force_login(person(Role.ADMINISTRATOR))
    assert client.post(URL, json.dumps(body), content_type="application/json").status_code == 403
    assert not Submission.objects.exists()


def test_batch_can_only_be_posted(client: Browser) -> None:
    answer = client.get(URL, headers={"authorization": f"Bearer {key()[1]}"})

    assert (answer.status_code, answer.json()["code"]) == (405, "method-not-allowed")
