"""The demo: who takes part, what it sends through the API, and what it prints."""

import io
import json
import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast

import pytest
from rich.console import Console

from assay.demo import environment, people, samples
from assay.demo.__main__ import port
from assay.demo.samples import Sample
from assay_client.documents import Document
from foundation.embedded.errors import SetupError
from moderation.clients import services
from moderation.clients.models import ApiKey, Client, Person, Role, Scope
from moderation.review import queues
from moderation.review.models import Queue
from moderation.webhooks.models import Endpoint

SITE = "http://127.0.0.1:8000"
ROLES = {"administrator": Role.ADMINISTRATOR, "lead": Role.LEAD, "moderator": Role.MODERATOR}


@pytest.fixture(autouse=True)
def _loopback(settings: Any) -> None:
    settings.ALLOWED_PRIVATE_NETWORKS = environment.LOOPBACK.split(",")


@pytest.fixture
def told_file(tmp_path: Path) -> Path:
    return tmp_path / "demo.json"


@pytest.mark.django_db
def test_demo_tells_what_the_contract_promises(told_file: Path) -> None:
    told = people.ensure(SITE, told_file)

    assert set(told) == {"base_url", *ROLES, "api_key", "other_api_key", "webhook_sink"}
    assert json.loads(told_file.read_text()) == told
    assert told_file.stat().st_mode & 0o777 == 0o600
    assert (told["base_url"], told["webhook_sink"]) == (SITE, f"{SITE}/demo/webhooks")


@pytest.mark.django_db
def test_queues_of_the_demo_are_there_once_and_their_filters_can_be(told_file: Path) -> None:
    people.ensure(SITE, told_file)
    people.ensure(SITE, told_file)

    assert list(Queue.objects.values_list("slug", flat=True)) == list(people.QUEUES)
    assert [fault for queue in Queue.objects.all() for fault in queues.faults(queue.filter)] == []


@pytest.mark.django_db
def test_log_ins_work_and_have_their_roles(told_file: Path) -> None:
    told = people.ensure(SITE, told_file)

    for name, role in ROLES.items():
        found = Person.objects.get(username=told[name]["username"])
        assert found.check_password(told[name]["password"])
        assert role in found.roles()
        assert found.is_superuser is found.is_staff is (role == Role.ADMINISTRATOR)


@pytest.mark.django_db
def test_first_key_has_every_scope_and_the_other_clients_all_but_models(told_file: Path) -> None:
    told = people.ensure(SITE, told_file)

    first, other = services.find_key(told["api_key"]), services.find_key(told["other_api_key"])
    assert first is not None
    assert other is not None
    assert first.client != other.client
    assert set(first.scopes) == set(Scope)
    assert set(other.scopes) == set(Scope) - {Scope.MODELS}


@pytest.mark.django_db
def test_second_run_keeps_everybody_and_follows_the_port(told_file: Path) -> None:
    first = people.ensure(SITE, told_file)
    second = people.ensure("http://127.0.0.1:9000", told_file)

    kept = [*ROLES, "api_key", "other_api_key"]
    assert {name: second[name] for name in kept} == {name: first[name] for name in kept}
    assert (Person.objects.count(), Client.objects.count(), ApiKey.objects.count()) == (3, 2, 2)
    assert Endpoint.objects.get().url == second["webhook_sink"] == "http://127.0.0.1:9000/demo/webhooks"


@pytest.mark.django_db
def test_what_no_longer_works_is_made_anew(told_file: Path) -> None:
    first = people.ensure(SITE, told_file)
    services.revoke_key(ApiKey.objects.get(client__slug="harbour"), actor="test")
    lead = Person.objects.get(username="lead")
    lead.set_password("changed by hand")
    lead.save()

    second = people.ensure(SITE, told_file)

    assert second["api_key"] != first["api_key"]
    assert services.find_key(second["api_key"]) is not None
    lead.refresh_from_db()
    assert lead.check_password(second["lead"]["password"])
    assert second["moderator"] == first["moderator"]


@pytest.mark.django_db
@pytest.mark.parametrize("left", ["", "{", "[]", "null", '{"lead": "x", "api_key": 3, "moderator": {"password": []}}'])
def test_damaged_file_of_an_earlier_run_is_written_again(told_file: Path, left: str) -> None:
    told_file.write_text(left)

    told = people.ensure(SITE, told_file)

    assert json.loads(told_file.read_text()) == told
    assert services.find_key(told["api_key"]) is not None


def test_secret_key_is_made_once_and_is_nobody_elses_to_read(tmp_path: Path) -> None:
    made = environment.secret(tmp_path)

    assert len(made) >= 50
    assert environment.secret(tmp_path) == made
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600


def test_environment_is_the_demos_and_given_services_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {"DATABASE_URL": "postgres://elsewhere/db"})
    (tmp_path / "metrics").mkdir()
    (tmp_path / "metrics" / "counter_1.db").touch()

    assert environment.prepare(tmp_path, 8123) == "http://127.0.0.1:8123"

    assert os.environ["DATABASE_URL"] == "postgres://elsewhere/db"
    assert os.environ["REDIS_URL"].startswith("redis+socket://")
    assert (os.environ["ASSAY_RETRACTION_SECONDS"], os.environ["ASSAY_ANALYSIS_LEASE_SECONDS"]) == ("5", "30")
    assert os.environ["ASSAY_SITE_ADDRESS"] == "http://127.0.0.1:8123"
    assert list((tmp_path / "metrics").iterdir()) == []


@pytest.mark.parametrize(("given", "found"), [(None, 8000), ("", 8000), ("0", 0), ("8123", 8123)])
def test_port_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch, given: str | None, found: int) -> None:
    monkeypatch.delenv("PORT", raising=False)
    if given is not None:
        monkeypatch.setenv("PORT", given)

    assert port() == found


@pytest.mark.parametrize("given", ["http", "-1", "80.5", "8 0"])
def test_port_that_is_no_number_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("PORT", given)

    with pytest.raises(SetupError, match="is not a port number"):
        port()


def document(submission: str = "sub_1", **changes: Any) -> dict[str, Any]:
    verdict = {"label": "edited", "action": "label", "confidence": 0.914}
    findings = [
        {"role": "general", "probability": 0.124},
        {"role": "face", "probability": 0.2},
        {"role": "face", "probability": 0.7},
    ]
    body = {"id": submission, "state": "analysed", "verdict": verdict, "failure": None, "findings": findings}
    return body | changes


def printed(*documents: dict[str, Any]) -> str:
    console = Console(width=160, record=True, file=io.StringIO())
    shown = [Sample(Path(f"{n}.jpg"), f"Sample {n}", "photograph") for n in range(len(documents))]
    samples.show(console, shown, cast("list[Document]", list(documents)))
    return console.export_text()


def row(text: str, title: str) -> list[str]:
    (line,) = [line for line in text.splitlines() if title in line]
    return [cell.strip() for cell in line.split("  ") if cell.strip()]


def test_table_shows_verdict_confidence_and_the_worst_of_each_role() -> None:
    assert row(printed(document()), "Sample 0") == [
        *("Sample 0", "photograph", "edited", "label", "0.91"),
        *("0.12", "0.70", "not run"),
    ]


def test_table_tells_no_face_and_a_decision_without_confidence() -> None:
    decided = {"label": "real", "action": "allow", "confidence": None}
    text = printed(document(verdict=decided, findings=[{"role": "edited", "probability": 0.5}]))

    assert row(text, "Sample 0") == ["Sample 0", "photograph", "real", "allow", "not run", "no face", "0.50"]


def test_table_names_what_failed() -> None:
    failed = document(state="failed", verdict=None, failure={"code": "internal"}, findings=[])

    assert row(printed(failed), "Sample 0")[2:4] == ["failed", "internal"]


def test_every_bundled_sample_lies_there_and_says_what_it_is() -> None:
    bundled = samples.bundled()

    assert len(bundled) >= 10
    assert all(sample.file.is_file() and sample.title and sample.truth for sample in bundled)


class Site(BaseHTTPRequestHandler):
    """A site that takes submissions, is away for a moment, and then has judged them."""

    answers: list[tuple[int, dict[str, Any]]]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._tell(*self.answers.pop(0))

    def do_GET(self) -> None:
        self._tell(*self.answers.pop(0))

    def _tell(self, status: int, body: dict[str, Any]) -> None:
        if not status:
            self.connection.close()
            return
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_waiting_outlives_a_site_that_starts_again(site: str) -> None:
    Site.answers = [(200, document(state="queued")), (0, {}), (503, {}), (200, document())]

    assert samples.wait(site, "ask_1", ["sub_1"]) == [document()]
    assert Site.answers == []


def test_waiting_ends_with_a_sentence(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samples, "PATIENCE", 0.3)
    Site.answers = [(503, {})] * 20

    with pytest.raises(SetupError, match="not judged"):
        samples.wait(site, "ask_1", ["sub_1"])


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [((415, {"code": "unsupported-media-type"}), r"The API refused .*\(415\)"), ((0, {}), "did not take")],
)
def test_sample_that_is_not_taken_is_said_in_a_sentence(
    site: str, answer: tuple[int, dict[str, Any]], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Site.answers = [answer] * samples.RETRIES.attempts
    monkeypatch.setattr(samples, "RETRIES", replace(samples.RETRIES, first=0))

    with pytest.raises(SetupError, match=sentence):
        samples.send(site, "ask_1", samples.bundled()[:1])


def test_samples_are_sent_in_order(site: str) -> None:
    Site.answers = [(202, {"id": "sub_1"}), (202, {"id": "sub_2"})]

    assert samples.send(site, "ask_1", samples.bundled()[:2]) == ["sub_1", "sub_2"]
