"""Photographs the pages of the running demo for the documentation: make screenshots, while make demo serves."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from scripts import chromium

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "var" / "demo.json"
TARGET = ROOT / "docs" / "screenshots"
SIZES = {"": (1280, 860), "-phone": (390, 844)}
THEMES = ("light", "dark")
FURTHER_SIZES = ("-light", "-phone-dark")  # one of each width shows what there is to see
FURTHER = {
    "explore": "/explore/",
    "explore-grid": "/explore/?shape=grid",
    "archives": "/explore/archives",
    "bulk": "/review/bulk/",
    "queues": "/review/queues/",
    "quality": "/review/quality/",
    "insights-queue": "/insights/",
    "insights-verdicts": "/insights/verdicts/",
    "insights-errors": "/insights/errors/",
    "insights-drift": "/insights/drift/",
    "insights-reviewers": "/insights/reviewers/",
    "simulator": "/insights/simulator/?client=harbour",
    "transparency": "/insights/transparency/",
    "audit": "/audit/",
    "settings": "/accounts/settings/",
    "checks": "/checks/",
}
ADMINISTRATED = {
    "seals": "/seals/",
    "developers": "/developers/",
    "api-keys": "/developers/harbour/keys/",
    "endpoints": "/developers/harbour/endpoints/",
    "deliveries": "/developers/harbour/deliveries/",
    "usage": "/developers/harbour/usage/",
    "console": "/developers/harbour/console/",
    "problems": "/problems/",
}
COLOURS = 256  # what a palette holds; a third of the bytes of true colour


def main() -> int:
    if not DEMO.exists():
        print("There is no var/demo.json: start the demo with make demo, and run this beside it.", file=sys.stderr)
        return 1
    chromium.ensure()
    TARGET.mkdir(parents=True, exist_ok=True)
    demo = json.loads(DEMO.read_text())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=["--no-sandbox", "--disable-gpu"])
        for theme in THEMES:
            for suffix, size in SIZES.items():
                with visit(browser, demo["base_url"], theme, size) as page:
                    photograph(page, demo, f"{suffix}-{theme}")
        browser.close()
    return 0


@contextmanager
def visit(browser: Browser, site: str, theme: str, size: tuple[int, int]) -> Iterator[Page]:
    context = browser.new_context(
        base_url=site,
        color_scheme="dark" if theme == "dark" else "light",
        viewport={"width": size[0], "height": size[1]},
        reduced_motion="reduce",
    )
    yield context.new_page()
    context.close()


def photograph(page: Page, demo: dict[str, Any], name: str) -> None:
    page.goto("/")
    keep(page, f"check{name}")
    page.get_by_role("button", name="Portrait of an astronaut").click()
    page.get_by_role("heading", name="What each model found").wait_for(timeout=60_000)
    keep(page, f"result{name}")
    sign_in(page, demo["moderator"])
    page.goto("/review/")
    keep(page, f"queue{name}")
    page.locator("main a[href*='/review/cases/']").first.click()
    page.get_by_role("button", name="Cannot tell").wait_for()
    reveal(page)
    keep(page, f"case{name}")
    if name in FURTHER_SIZES:
        photograph_the_rest(page, demo, name)


def photograph_the_rest(page: Page, demo: dict[str, Any], name: str) -> None:
    page.keyboard.press("?")
    page.get_by_role("heading", name="Keyboard shortcuts").wait_for()
    keep(page, f"keys{name}")
    for account, pages in (("lead", FURTHER), ("administrator", ADMINISTRATED)):
        page.context.clear_cookies()
        page.goto("/accounts/login/")
        keep(page, f"login{name}")
        sign_in(page, demo[account])
        for what, address in pages.items():
            page.goto(address)
            keep(page, f"{what}{name}")


def sign_in(page: Page, account: dict[str, str]) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Username").fill(account["username"])
    page.get_by_label("Password").fill(account["password"])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/review/**")


def reveal(page: Page) -> None:
    """A case opens blurred, for the moderator's sake; the reader wants to see what the page shows."""
    blur = page.get_by_role("switch", name="Blur")
    if blur.count() and blur.is_checked():
        blur.click(force=True)


def keep(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(COLOURS, dither=Image.Dither.FLOYDSTEINBERG).save(TARGET / f"{name}.png", optimize=True)


if __name__ == "__main__":
    sys.exit(main())
