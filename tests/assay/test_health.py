"""/healthz and /readyz, with real services that are really stopped."""

import json
import shutil
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from detector import bundles
from detector.bundles.card import ROLES
from foundation.embedded.redis import Redis
from moderation.analysis.models import WorkerSeen
from moderation.registry.models import ModelState, ModelVersion
from moderation.registry.services import register_shipped

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def _ready() -> None:
    register_shipped()
    WorkerSeen.objects.create(name="worker@here", device="cpu", seen_at=timezone.now())


def parts_of(client: Client, status: int) -> dict[str, Any]:
    answer = client.get("/readyz")
    assert answer.status_code == status
    body = answer.json()
    assert body["ready"] is (status == 200)
    assert list(body["parts"]) == ["database", "broker", "bundles", "worker"]
    parts: dict[str, Any] = body["parts"]
    return parts


def test_alive_asks_nobody(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/healthz")

    assert (answer.status_code, answer.content) == (200, b"alive\n")
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_only_reading_is_answered(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


@pytest.mark.usefixtures("_ready")
def test_ready_when_every_part_works(client: Client) -> None:
    parts = parts_of(client, 200)

    versions = {role: bundles.read_card(bundles.shipped(role)).version for role in ROLES}
    assert parts["database"] == {"ok": True, "detail": "answers"}
    assert parts["broker"] == {"ok": True, "detail": "answers"}
    assert parts["bundles"]["ok"] is True
    assert parts["bundles"]["detail"].split(", ") == sorted(f"{role} {version}" for role, version in versions.items())
    assert parts["worker"] == {"ok": True, "detail": "1 seen lately"}


@pytest.mark.usefixtures("_ready")
def test_worker_that_was_seen_too_long_ago_is_not_ready(client: Client, settings: Any) -> None:
    WorkerSeen.objects.update(seen_at=timezone.now() - settings.WORKER_SEEN_WITHIN - timedelta(seconds=1))

    parts = parts_of(client, 503)

    assert parts["worker"] == {"ok": False, "detail": "none was seen in the last 60 s"}
    assert [name for name, part in parts.items() if part["ok"]] == ["database", "broker", "bundles"]


@pytest.mark.usefixtures("_ready")
def test_installation_without_a_model_in_service_is_not_ready(client: Client) -> None:
    ModelVersion.objects.update(state=ModelState.RETIRED)

    assert parts_of(client, 503)["bundles"] == {"ok": False, "detail": "no model is in service"}


@pytest.mark.usefixtures("_ready")
def test_bundle_that_is_gone_is_named(client: Client) -> None:
    ModelVersion.objects.filter(role="edited").update(location="models/never-made")

    parts = parts_of(client, 503)

    assert parts["bundles"] == {"ok": False, "detail": "edited: the bundle is missing or unreadable"}


@pytest.mark.usefixtures("_ready")
def test_changed_weights_are_noticed_though_the_card_agrees(client: Client, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    shutil.copytree(bundles.shipped("edited"), tmp_path / "edited")
    ModelVersion.objects.filter(role="edited").update(location="edited")
    assert parts_of(client, 200)["bundles"]["ok"] is True

    weights = tmp_path / "edited" / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x01")

    detail = "edited: the weights are not those that were registered"
    assert parts_of(client, 503)["bundles"] == {"ok": False, "detail": detail}


@pytest.mark.usefixtures("_ready")
def test_card_of_another_training_is_noticed(client: Client, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    shutil.copytree(bundles.shipped("edited"), tmp_path / "edited")
    ModelVersion.objects.filter(role="edited").update(location="edited")
    card = json.loads((tmp_path / "edited" / "card.json").read_text())
    (tmp_path / "edited" / "card.json").write_text(json.dumps({**card, "weights_sha256": "0" * 64}))

    assert parts_of(client, 503)["bundles"]["ok"] is False


@pytest.mark.usefixtures("_ready")
def test_broker_that_is_down_is_told_at_once(client: Client, settings: Any, tmp_path: Path) -> None:
    settings.REDIS_URL = Redis(tmp_path).addresses.redis_url

    started = time.monotonic()
    parts = parts_of(client, 503)

    assert parts["broker"] == {"ok": False, "detail": "does not answer"}
    assert parts["database"]["ok"] is True
    assert time.monotonic() - started < 2


@pytest.mark.usefixtures("_ready")
def test_address_that_cannot_be_read_shows_nothing_of_itself(client: Client, settings: Any) -> None:
    settings.REDIS_URL = "nonsense://user:hunter2@redis"

    answer = client.get("/readyz")

    assert answer.json()["parts"]["broker"] == {"ok": False, "detail": "could not be examined"}
    assert "hunter2" not in answer.content.decode()


@pytest.mark.usefixtures("_ready")
def test_database_that_is_down_leaves_the_rest_unknown(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "NAME", "a-database-that-is-not-there")

    parts = parts_of(client, 503)

    assert parts["database"] == {"ok": False, "detail": "does not answer"}
    assert parts["broker"]["ok"] is True
    unknown = {"ok": False, "detail": "unknown while the database does not answer"}
    assert (parts["bundles"], parts["worker"]) == (unknown, unknown)
