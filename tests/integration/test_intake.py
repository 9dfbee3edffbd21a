"""Other ways in and the way out, with real processes: by URL, in an import, and erased with everything."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from moderation.intake.models import StoredImage, Submission
from tests.stack import Stack, running, until
from tests.webhooks import receiver
from tests.webhooks.receiver import Answer, Receiver

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300), pytest.mark.django_db(transaction=True)]
SAMPLES = Path(__file__).resolve().parents[2] / "samples"
V1 = "/api/v1"


@pytest.fixture
def pictures() -> Iterator[Receiver]:
    """Serve a sample at /coffee.jpg, behind a redirect at /moved, and nothing else."""
    data = (SAMPLES / "coffee.jpg").read_bytes()
    answers = {"/coffee.jpg": Answer(body=data), "/moved": Answer(302, headers={"Location": "/coffee.jpg"})}
    with receiver.running() as server:
        server.answer = lambda one: answers.get(one.path, Answer(404))
        yield server


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    with running(tmp_path, "web", "worker", "courier") as started:
        yield started


def test_picture_is_fetched_judged_imported_and_erased(stack: Stack, pictures: Receiver) -> None:
    with stack.http() as http:
        by_url = http.post(f"{V1}/submissions", json={"url": f"{pictures.url}/moved", "author_id": "u1"})
        missing = http.post(f"{V1}/submissions", json={"url": f"{pictures.url}/missing"})
        forbidden = http.post(f"{V1}/submissions", json={"url": "http://169.254.169.254/latest/meta-data/"})
        assert (by_url.status_code, missing.status_code, forbidden.status_code) == (202, 202, 422)
        document = stack.analysed(by_url.json()["id"])
        assert (document["state"], document["image"]["media_type"]) == ("analysed", "image/jpeg")
        assert stack.analysed(missing.json()["id"])["failure"]["code"] == "url-unreachable"

        rows = f"url,external_id,author_id\n{pictures.url}/coffee.jpg,row-1,u1\nftp://a.example/,row-2,u1\n"
        made = http.post(f"{V1}/imports", files={"file": ("posts.csv", rows.encode())}).json()
        until(lambda: imported(http, made)["state"] == "finished", "the import is finished")
        refused, taken = imported(http, made)["results"]
        assert (refused["state"], refused["problem"]["code"]) == ("refused", "url-forbidden")
        assert stack.analysed(taken["submission"])["external_id"] == "row-1"

        path = f"{V1}/submissions/{document['id']}"
        receipt = http.delete(path).json()
        assert {"findings", "heatmaps", "verdicts"} <= set(receipt["erased"])
        assert "original" not in receipt["erased"]
        assert (http.get(path).status_code, http.delete(path).status_code) == (410, 410)

        assert http.delete(f"{V1}/authors/u1").json()["submissions"] == 1
        until(lambda: not Submission.objects.filter(author_id="u1").exists(), "the author is erased")
        assert {one["id"] for one in http.get(f"{V1}/erasures").json()["results"]} == {
            document["id"],
            taken["submission"],
        }
    assert not StoredImage.objects.exists()
    until(lambda: not originals(stack), "the bytes are gone")


def imported(http: Any, made: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = http.get(f"{V1}/imports/{made['id']}").raise_for_status().json()
    return found


def originals(stack: Stack) -> list[Path]:
    return [path for path in (stack.folder / "media").rglob("*") if path.is_file()]
