"""The whole road of an image, with real processes: key, worker, policy, moderator, signed webhook."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from moderation.clients.models import Role
from moderation.events.models import Event
from moderation.review.models import Case
from moderation.verdicts import policies
from moderation.webhooks import services as webhooks
from tests.factories import key, person
from tests.stack import Stack, running, until
from tests.webhooks import receiver
from tests.webhooks.receiver import Received, Receiver

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]
SAMPLES = Path(__file__).resolve().parents[2] / "samples"
ASK_ALWAYS = {role: {"review": 1e-9, "label": 1.0, "block": None} for role in ("general", "face", "edited")}


@pytest.fixture
def listener() -> Iterator[Receiver]:
    with receiver.running() as server:
        yield server


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    with running(tmp_path, "web", "worker", "courier", "beat") as started:
        yield started


def told(listener: Receiver, type_: str) -> list[Received]:
    return [one for one in listener.received if json.loads(one.body)["type"] == type_]


def verified(secret: str, one: Received) -> dict[str, Any]:
    found: dict[str, Any] = Webhook(secret).verify(one.body, one.headers)
    return found


def sign_in(stack: Stack, username: str) -> httpx.Client:
    browser = httpx.Client(base_url=stack.site, follow_redirects=True, timeout=20)
    browser.get("/accounts/login/")
    form = {"username": username, "password": "password", "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
    answer = browser.post("/accounts/login/", data=form)
    assert "Sign out" in answer.text
    return browser


def press(browser: httpx.Client, page: httpx.Response, path: str, **fields: str) -> httpx.Response:
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token is not None
    return browser.post(path, data={"csrfmiddlewaretoken": token[1], **fields})


def test_image_is_judged_reviewed_and_told_by_signed_webhooks(stack: Stack, listener: Receiver, settings: Any) -> None:
    settings.ALLOWED_PRIVATE_NETWORKS = ["127.0.0.0/8"]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    policy = policies.default_version().policy
    policies.change(
        policy,
        thresholds=ASK_ALWAYS,
        required_roles=["general"],
        actions=policies.DEFAULT_ACTIONS,
        actor="test",
    )
    endpoint = webhooks.create_endpoint(stack.client_key.client, f"{listener.url}/hook", actor="test")
    moderator = person(Role.MODERATOR)

    one = stack.submit((SAMPLES / "astronaut.jpg").read_bytes(), external_id="post-42")
    document = stack.analysed(one)

    assert document["verdict"]["label"] == "uncertain"
    assert document["verdict"]["policy"] == {"name": "default", "version": 2}
    until(lambda: bool(told(listener, "submission.analysed")), "the analysis is told")
    analysed = verified(endpoint.secret, told(listener, "submission.analysed")[0])
    assert analysed["data"]["id"] == one
    assert analysed["data"]["verdict"] == document["verdict"]
    assert analysed["data"]["findings"][0]["heatmap_url"].startswith(f"/api/v1/submissions/{one}/heatmaps/fnd_")

    browser = sign_in(stack, moderator.username)
    case = Case.objects.get(submission=one)
    page = browser.get(f"/review/cases/{case.pk}")
    assert "The general model" in page.text
    press(browser, page, f"/review/cases/{case.pk}/decide", label="edited", note="seam at the collar")

    until(lambda: bool(told(listener, "verdict.revised")), "the revision is told")
    revised = verified(endpoint.secret, told(listener, "verdict.revised")[0])
    assert revised["data"]["verdict"]["label"] == "edited"
    assert revised["data"]["verdict"]["decided_by"] == "person"
    assert revised["data"]["verdict"]["revision"] == 2
    assert revised["data"]["decision"]["label"] == "edited"
    assert stack.document(one)["decision"] == revised["data"]["decision"]
    assert Event.objects.filter(subject=one).count() == 2


def test_pictures_of_a_judged_image_open_by_their_links(stack: Stack) -> None:
    one = stack.submit((SAMPLES / "astronaut.jpg").read_bytes())
    document = stack.analysed(one)

    roles = {finding["role"] for finding in document["findings"]}
    assert roles == {"general", "face", "edited"}
    for finding in document["findings"]:
        for link in (finding["heatmap_url"], finding["overlay_url"]):
            answer = httpx.get(link)
            assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
            assert httpx.get(link.partition("?")[0]).status_code == 401


def test_other_client_sees_nothing_of_it(stack: Stack) -> None:
    one = stack.submit((SAMPLES / "coffee.jpg").read_bytes())
    _, foreign = key()

    with stack.http(foreign) as http:
        assert http.get(f"/api/v1/submissions/{one}").status_code == 404
        assert http.get("/api/v1/submissions").json()["results"] == []
