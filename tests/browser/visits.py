"""A visit to the running site in Chromium: what was asked of whom, how many bytes came, what the console said."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, ViewportSize

WIDE = ViewportSize(width=1280, height=800)
PHONE = ViewportSize(width=390, height=844)
PASSWORD = "a password for the browser tests"


@dataclass
class Visit:
    """A page of the site and what happened on it; addresses are paths."""

    site: str
    page: Page
    complaints: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._request)
        self.page.on("requestfinished", self._finished)

    def open(self, path: str) -> Page:
        self.requests.clear()
        self.page.goto(self.site + path)
        return self.page

    def sign_in(self, username: str = "moderator", then: str = "/review/") -> Page:
        page = self.open(f"/accounts/login/?next={then}")
        page.get_by_label("Username").fill(username)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(self.site + then)
        return page

    def transferred(self) -> int:
        """Return the bytes of everything but pictures since the page was opened, headers included."""
        self.page.wait_for_load_state("networkidle")
        return sum(_bytes(one) for one in self.requests if one.resource_type != "image")

    def wider_than_the_window(self) -> int:
        """Return by how many pixels the page can be scrolled sideways."""
        wider: int = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return wider

    def _console(self, message: ConsoleMessage) -> None:
        main_document = message.location["url"] == self.page.url and "Failed to load resource" in message.text
        if message.type in {"error", "warning"} and not main_document:
            self.complaints.append(f"{message.text} ({message.location['url']})")

    def _finished(self, request: Request) -> None:
        self.requests.append(request)

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https"} and not request.url.startswith(f"{self.site}/"):
            self.foreign.append(request.url)


def _bytes(request: Request) -> int:
    sizes = request.sizes()
    return sizes["responseBodySize"] + sizes["responseHeadersSize"]


@contextmanager
def visit(chromium: Browser, site: str, **options: Any) -> Iterator[Visit]:
    """Open a fresh browser profile; no visit may end with a word in the console or a request to another host."""
    context = chromium.new_context(**{"viewport": WIDE, "color_scheme": "light", **options})
    context.set_default_timeout(20_000)
    made = Visit(site, context.new_page())
    try:
        yield made
    finally:
        context.close()
    assert made.complaints == []
    assert made.foreign == []


def wait_until(page: Page, expression: str, seconds: float = 10) -> None:
    """Asks from outside: Playwright's own polling evaluates text inside the page, which its policy rightly forbids."""
    deadline = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, expression
        page.wait_for_timeout(50)
