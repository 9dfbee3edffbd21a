"""Visits of the insight pages, as tests make them."""

from typing import Any

from django.test import Client as Browser

from moderation.clients.models import Client, Person, Role
from tests.factories import person

PAGES = {
    "queue": "/insights/",
    "cases": "/insights/cases/",
    "verdicts": "/insights/verdicts/",
    "errors": "/insights/errors/",
    "pictures": "/insights/errors/pictures/",
    "drift": "/insights/drift/",
}
OVERSEEN = {
    "reviewers": "/insights/reviewers/",
    "simulator": "/insights/simulator/",
    "transparency": "/insights/transparency/",
    "csv": "/insights/transparency/statements.csv",
    "jsonl": "/insights/transparency/statements.jsonl",
}


def narrowed(role: Role, *clients: Client) -> Person:
    """Return somebody who sees these clients only."""
    made = person(role, sees_every_client=False)
    made.visible_clients.set(clients)
    return made


def read(browser: Browser, reader: Person, path: str, **query: Any) -> Any:
    browser.force_login(reader)
    return browser.get(path, query)


def text(answer: Any) -> str:
    """Return what a streamed or a plain answer holds."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(body.decode())
