"""Imports: a result for every row, continued where a dead worker left it, and nobody else's."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.utils import timezone

from foundation import broker
from moderation.clients.models import Role
from moderation.intake import failing, imports
from moderation.intake.erasing import erase
from moderation.intake.items import submit_row
from moderation.intake.models import FETCHES, Import, ImportRow, ImportState, Priority, Source, Submission, Work
from tests.factories import ClientFactory, key, person

pytestmark = pytest.mark.django_db
URL = "/api/v1/imports"
A = "https://pictures.example/1.jpg"
CSV = f'url,external_id,metadata\n{A},p1,"{{""a"": 1}}"\nhttp://10.0.0.1/,p2,\n{A}?2,p3,[1]\n{A}?3,,\n'


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture(autouse=True)
def nudges(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []
    monkeypatch.setattr(broker._sender, "put", lambda task, queue_name: found.append(task))
    return found


def bearer(secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"}


def post(browser: Browser, secret: str, data: str | bytes = CSV, name: str = "posts.csv", **headers: str) -> Any:
    raw = data.encode() if isinstance(data, str) else data
    return browser.post(URL, {"file": SimpleUploadedFile(name, raw)}, headers={**bearer(secret), **headers})


def queued(rows: int = 1) -> Import:
    lines = "".join(f"{A}?{n}\n" for n in range(rows))
    return imports.start(ClientFactory.create(), f"url\n{lines}".encode(), "posts.csv")


def test_import_is_queued_and_its_file_kept(
    client: Browser, nudges: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    made, secret = key()

    with django_capture_on_commit_callbacks(execute=True):
        answer = post(client, secret)

    body = answer.json()
    assert answer.status_code == 202
    assert answer["Location"] == body["links"]["self"] == f"http://testserver{URL}/{body['id']}"
    assert body["id"].startswith("imp_")
    assert (body["state"], body["rows"], body["done"], body["accepted"], body["refused"]) == ("queued", 4, 0, 0, 0)
    assert (body["results"], body["next"], body["failure"], body["finished_at"]) == ([], None, None, None)
    one = Import.objects.get()
    assert (one.client, default_storage.open(one.path).read()) == (made.client, CSV.encode())
    assert "intake.import" in nudges
    assert not Submission.objects.exists()


def test_every_row_gets_a_result(client: Browser, django_capture_on_commit_callbacks: Any) -> None:
    made, secret = key()
    path = post(client, secret).json()["links"]["self"]
    file = Import.objects.get().path

    with django_capture_on_commit_callbacks(execute=True):
        assert imports.run_waiting() == 4

    body = client.get(path, headers=bearer(secret)).json()
    assert (body["state"], body["done"], body["accepted"], body["refused"]) == ("finished", 4, 2, 2)
    assert body["finished_at"].endswith("Z")
    results = body["results"][::-1]
    assert [one["row"] for one in results] == [1, 2, 3, 4]
    assert [one["state"] for one in results] == ["queued", "refused", "refused", "queued"]
    assert [one["problem"] and one["problem"]["code"] for one in results] == [None, "url-forbidden", "invalid", None]
    assert results[1]["problem"]["type"] == "http://testserver/problems/url-forbidden"
    assert results[2]["problem"]["errors"] == [{"pointer": "#/metadata", "detail": "Must be a JSON object."}]
    first = Submission.objects.get(pk=results[0]["submission"])
    assert (first.client, first.source, first.url) == (made.client, Source.IMPORT, A)
    assert (first.external_id, first.metadata, first.priority) == ("p1", {"a": 1}, Priority.LOW)
    assert Work.objects.filter(FETCHES, priority=Priority.LOW).count() == 2
    assert not default_storage.exists(file)


def test_jsonl_says_its_own_priority_and_takes_urls_only(client: Browser) -> None:
    _, secret = key()
    lines = [{"url": A, "priority": "high"}, {"image_base64": "AAAA"}, {"url": None}, {"url": A, "external_id": 7}]
    path = post(client, secret, "\n".join(map(json.dumps, lines)), "posts.JSONL").json()["links"]["self"]

    imports.run_waiting()

    results = client.get(path, headers=bearer(secret)).json()["results"][::-1]
    assert [one["state"] for one in results] == ["queued", "refused", "refused", "refused"]
    pointers = [one["problem"]["errors"][0]["pointer"] for one in results[1:]]
    assert pointers == ["#/url", "#/url", "#/external_id"]
    assert Submission.objects.get().priority == Priority.HIGH


def test_results_are_pages(client: Browser) -> None:
    _, secret = key()
    path = post(client, secret).json()["links"]["self"]
    imports.run_waiting()

    first = client.get(f"{path}?limit=3", headers=bearer(secret)).json()
    second = client.get(first["next"], headers=bearer(secret)).json()

    assert [one["row"] for one in (*first["results"], *second["results"])] == [4, 3, 2, 1]
    assert (second["next"], second["done"]) == (None, 4)
    assert client.get(f"{path}?limit=0", headers=bearer(secret)).status_code == 422


def test_result_follows_the_submission(client: Browser) -> None:
    _, secret = key()
    path = post(client, secret).json()["links"]["self"]
    imports.run_waiting()
    failed, erased = Submission.objects.order_by("pk")
    failing.fail(failed, "url-unreachable", "It answered 404.")
    erase(erased, actor="test")

    body = client.get(path, headers=bearer(secret)).json()

    last, first = body["results"][0], body["results"][3]
    assert (first["state"], first["problem"]["code"]) == ("failed", "url-unreachable")
    assert first["problem"]["type"] == "http://testserver/problems/url-unreachable"
    assert (last["state"], last["submission"], last["problem"]) == ("erased", None, None)
    assert body["accepted"] == 2


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "a.csv"), (b"link\nx\n", "a.csv"), (b"\xff\xfe", "a.csv"), (b"\n", "a.jsonl"),
        (CSV, "a.txt"), (CSV, "csv.exe"), (b"\x89PNG\r\n\x1a\n" + b"\x00" * 99, "a.csv"),
    ],
)  # fmt: skip
def test_file_that_cannot_be_read_is_422_and_nothing_is_kept(
    client: Browser, data: str | bytes, name: str, tmp_path: Path
) -> None:
    answer = post(client, key()[1], data, name)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert [error["pointer"] for error in answer.json()["errors"]] == ["#/file"]
    assert not Import.objects.exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_missing_file_is_422_and_json_is_415(client: Browser) -> None:
    headers = bearer(key()[1])

    assert client.post(URL, {"other": "x"}, headers=headers).json()["errors"][0]["pointer"] == "#/file"
    assert client.post(URL, "{}", content_type="application/json", headers=headers).status_code == 415
    assert not Import.objects.exists()


def test_scopes_and_other_clients(client: Browser) -> None:
    _, secret = key()
    path = post(client, secret).json()["links"]["self"]

    assert post(client, key(scopes=["read", "decide", "manage"])[1]).status_code == 403
    assert client.get(path, headers=bearer(key(scopes=["submit"])[1])).status_code == 403
    theirs = client.get(path, headers=bearer(key()[1]))
    absent = client.get(f"{URL}/imp_absent", headers=bearer(key()[1]))
    assert (theirs.status_code, theirs.json()["detail"]) == (404, absent.json()["detail"])
    assert client.get(f"{URL}/a%00b", headers=bearer(secret)).status_code == 404
    client.force_login(person(Role.ADMINISTRATOR))
    assert client.get(path).status_code == 403
    assert client.post(URL, {"file": SimpleUploadedFile("a.csv", CSV.encode())}).status_code == 403
    assert Import.objects.count() == 1


def test_import_is_started_once_for_its_idempotency_key(client: Browser) -> None:
    _, secret = key()

    first, second = (post(client, secret, **{"Idempotency-Key": "k1"}).json() for _ in range(2))

    assert first["id"] == second["id"]
    assert Import.objects.count() == 1


def test_many_rows_are_taken_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "AT_ONCE", 3)
    one = queued(8)

    assert imports.run_waiting() == 8

    numbers = list(ImportRow.objects.filter(of=one).order_by("pk").values_list("number", flat=True))
    assert numbers == list(range(1, 9))
    assert Submission.objects.count() == 8


def test_turn_that_is_over_leaves_the_rest_to_the_next(monkeypatch: pytest.MonkeyPatch, nudges: list[str]) -> None:
    monkeypatch.setattr(imports, "AT_ONCE", 2)
    one = queued(5)
    claimed = imports.claim()
    assert claimed is not None

    assert imports._run(claimed, stop_at=0.0) == 0
    one.refresh_from_db()
    assert (one.state, one.token, one.done) == (ImportState.RUNNING, None, 0)
    imports.sweep()
    assert "intake.import" in nudges
    assert imports.run_waiting() == 5


def test_import_goes_on_where_a_dead_worker_left_it() -> None:
    one = queued(4)
    dead = imports.claim()
    assert dead is not None
    assert imports.take(dead, [{"url": f"{A}?0"}, {"url": f"{A}?1"}]) is True
    assert imports.claim() is None
    assert imports.run_waiting() == 0
    Import.objects.update(leased_until=timezone.now() - timedelta(seconds=1))

    assert imports.run_waiting() == 2

    one.refresh_from_db()
    assert (one.state, one.done, one.accepted) == (ImportState.FINISHED, 4, 4)
    urls = Submission.objects.order_by("pk").values_list("url", flat=True)
    assert list(urls) == [f"{A}?{n}" for n in range(4)]


def test_worker_that_lost_its_lease_takes_nothing() -> None:
    queued(2)
    lost = imports.claim()
    assert lost is not None
    Import.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert imports.claim() is not None

    assert imports.take(lost, [{"url": A}]) is False

    assert not Submission.objects.exists()
    assert not ImportRow.objects.exists()


def test_import_that_stops_its_worker_three_times_at_a_row_has_failed() -> None:
    one = queued(2)
    for _ in range(imports.TRIES):
        assert imports.claim() is not None
        Import.objects.update(leased_until=timezone.now() - timedelta(seconds=1))

    assert imports.claim() is None

    one.refresh_from_db()
    assert (one.state, (one.failure or {})["code"]) == (ImportState.FAILED, "internal")
    assert imports.run_waiting() == 0
    assert not Submission.objects.exists()


def test_import_whose_file_is_gone_has_failed() -> None:
    one = queued()
    default_storage.delete(one.path)

    assert imports.run_waiting() == 0

    one.refresh_from_db()
    assert (one.state, (one.failure or {})["code"]) == (ImportState.FAILED, "gone")


def test_fault_of_ours_in_one_row_keeps_no_other_from_it(monkeypatch: pytest.MonkeyPatch) -> None:
    queued(3)

    def breaking(client: Any, row: Any) -> Submission:
        made = submit_row(client, row)
        if row["url"].endswith("?1"):
            raise RuntimeError("the disk is full")
        return made

    monkeypatch.setattr("moderation.intake.imports.submit_row", breaking)

    assert imports.run_waiting() == 3

    problems = [row.problem and row.problem["code"] for row in ImportRow.objects.order_by("number")]
    assert problems == [None, "internal", None]
    assert Submission.objects.count() == 2


def test_sweep_wakes_nobody_for_what_is_held_or_done(nudges: list[str]) -> None:
    imports.sweep()
    queued()
    imports.claim()
    nudges.clear()
    imports.sweep()

    assert nudges == []
