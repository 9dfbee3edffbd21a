"""Call the API as a client's program does."""

from dataclasses import dataclass, field
from typing import Any

from django.test import Client as Browser

from moderation.clients.models import Client
from tests.factories import ClientFactory, key

ENDPOINTS = "/api/v1/webhook_endpoints"
DELIVERIES = "/api/v1/deliveries"
EVENTS = "/api/v1/events"


@dataclass
class Caller:
    """A client with a key; answers are Django's test responses."""

    client: Client = field(default_factory=ClientFactory.create)
    scopes: list[str] | None = None

    def __post_init__(self) -> None:
        self.key, secret = key(self.client, self.scopes)
        self.headers = {"Authorization": f"Bearer {secret}"}
        self.browser = Browser(raise_request_exception=False)

    def get(self, path: str, **query: str) -> Any:
        return self.browser.get(path, query, headers=self.headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self._send("post", path, body, headers)

    def patch(self, path: str, body: Any) -> Any:
        return self._send("patch", path, body, {})

    def delete(self, path: str) -> Any:
        return self.browser.delete(path, headers=self.headers)

    def _send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        send = getattr(self.browser, method)
        data = body if isinstance(body, str | bytes) else {} if body is None else body
        return send(path, data, content_type="application/json", headers={**self.headers, **headers})


def faults(answer: Any) -> set[str]:
    """Return what a problem document points to."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    return {fault.get("pointer") or fault["parameter"] for fault in answer.json().get("errors", [])}
