"""The pages in German and from right to left: nothing runs out of the window, and the switch works without scripts."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from moderation.clients.models import Person, Preferences
from moderation.review.models import Case
from tests.browser.visits import PHONE, WIDE, Visit, visit
from tests.stack import Stack

pytestmark = pytest.mark.browser
MAIN = (
    "/",
    "/review/",
    "/explore/",
    "/insights/",
    "/insights/simulator/",
    "/review/quality/",
    "/audit/",
    "/accounts/settings/",
)
UNREADABLE_LENGTHS = """[...document.querySelectorAll("svg *")].flatMap((shape) =>
  ["x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "width", "height"]
    .map((name) => shape.getAttribute(name)).filter((value) => value?.includes(",")))"""
BAR = """[".brand", ".bar-end"].map((part) => document.querySelector(part).getBoundingClientRect().x)"""


def turn_around(page: Page) -> None:
    page.evaluate("document.documentElement.dir = 'rtl'")


def assert_runs_both_ways(visitor: Visit, address: str) -> None:
    """The page is German, its drawings have lengths, and nothing is wider than the window in either direction."""
    page = visitor.open(address)
    assert page.locator("html").get_attribute("lang") == "de", address
    assert page.evaluate(UNREADABLE_LENGTHS) == [], address
    assert visitor.wider_than_the_window() == 0, address
    brand, end = page.evaluate(BAR)
    assert brand < end
    turn_around(page)
    assert visitor.wider_than_the_window() == 0, f"{address} from right to left"
    brand, end = page.evaluate(BAR)
    assert end < brand, f"{address}: the bar does not mirror"


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_own_language_follows_log_in_and_fits_in_both_directions(
    chromium: Browser, stack: Stack, case: Case, viewport: Any
) -> None:
    lead = Person.objects.get(username="lead")
    Preferences.objects.update_or_create(person=lead, defaults={"language": "de"})
    try:
        with visit(chromium, stack.site, viewport=viewport) as visitor:
            visitor.sign_in("lead")
            for address in (*MAIN, f"/review/cases/{case.pk}", f"/results/{case.submission_id}"):
                assert_runs_both_ways(visitor, address)
    finally:
        Preferences.objects.filter(person=lead).delete()
        Case.objects.filter(pk=case.pk).delete()


def test_visitor_switches_to_german_and_back_without_scripts(chromium: Browser, stack: Stack) -> None:
    with visit(chromium, stack.site, java_script_enabled=False) as visitor:
        page = visitor.open("/problems/")
        page.get_by_role("button", name="Language").click()
        page.get_by_role("button", name="Deutsch").click()
        page.get_by_role("heading", name="Problemtypen").wait_for()
        assert page.locator("html").get_attribute("lang") == "de"

        page.get_by_role("button", name="Sprache").click()
        page.get_by_role("button", name="English").click()
        page.get_by_role("heading", name="Problem types").wait_for()
        assert page.url == f"{stack.site}/problems/"


@pytest.mark.parametrize("width", [320, 360, 390, 761])
def test_visitor_gets_what_the_browser_asks_for_within_the_window(chromium: Browser, stack: Stack, width: int) -> None:
    with visit(chromium, stack.site, locale="de-CH", viewport={"width": width, "height": 800}) as visitor:
        for address in ("/", "/accounts/login/"):
            page = visitor.open(address)
            assert page.locator("html").get_attribute("lang") == "de"
            assert visitor.wider_than_the_window() == 0, address
