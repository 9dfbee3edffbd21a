"""The interactive documentation: from this site alone, under its policy, with every resource of the API."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.browser.visits import PHONE, WIDE, visit
from tests.stack import Stack

pytestmark = pytest.mark.browser


def test_documentation_is_drawn_without_a_word_in_the_console(chromium: Browser, stack: Stack) -> None:
    with visit(chromium, stack.site) as visitor:
        page = visitor.open("/api/docs/")
        page.locator("#operations-submissions-submissions_create").wait_for()
        page.locator("#operations-submissions-submissions_create .opblock-summary-control").click()

        page.get_by_text("Idempotency-Key").first.wait_for()
        tags = page.locator(".opblock-tag").evaluate_all("tags => tags.map(tag => tag.dataset.tag)")
        assert {"submissions", "keys", "me", "webhook_endpoints", "known_images", "policies"} <= set(tags)


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_problem_types_are_listed_accessibly(chromium: Browser, stack: Stack, viewport: dict[str, int]) -> None:
    with visit(chromium, stack.site, viewport=viewport) as visitor:
        page = visitor.open("/problems/")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert visitor.wider_than_the_window() == 0

        page.get_by_role("link", name="rate-limited").click()
        page.get_by_role("heading", name="Too many requests").wait_for()
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert visitor.wider_than_the_window() == 0
