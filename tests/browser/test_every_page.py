"""Every page, in both themes and at both widths: accessible, quiet, small, and never wider than the window."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from moderation.clients.models import Person
from moderation.review.bulk import services as bulks
from moderation.review.models import Case, CaseState
from moderation.review.services import Choice, decide
from moderation.verdicts.services import record_failure
from tests.browser.conftest import new_case
from tests.browser.visits import PHONE, WIDE, Visit, visit
from tests.factories import SubmissionFactory
from tests.stack import Stack

pytestmark = pytest.mark.browser
HEAVIEST = 150_000
Pages = dict[str, str]
JUDGED = ("check", "result", "progress", "failed")
REVIEW = ("queue", "case", "decided", "queues", "bulk", "bulks")
OVERSEEN = ("explore", "grid", "archives", "audit", "seals")  # test_insights.py walks the figures, with data in them
SIGNED_IN = (*JUDGED, *REVIEW, "settings", "problem", "missing")
VISITING = ("check", "login", "refused", "forbidden")


@pytest.fixture(scope="module")
def pages(stack: Stack) -> Iterator[Pages]:
    """The address of each page; the database is left as it was."""
    open_case, decided = new_case(stack, 11), new_case(stack, 12)
    decide(decided.pk, Person.objects.get(username="moderator"), Choice("edited", note="seam at the collar"))
    both = f"id={open_case.submission_id}&id={decided.submission_id}"
    draft = bulks.prepare(Person.objects.get(username="moderator"), [open_case.submission_id, decided.submission_id])
    failed, queued = SubmissionFactory.create(), SubmissionFactory.create()
    record_failure(failed, "internal", "Analysis failed 3 times.")
    yield {
        "check": "/",
        "login": "/accounts/login/",
        "forbidden": "/accounts/login/",
        "refused": "/",
        "result": f"/results/{open_case.submission_id}",
        "progress": f"/results/{queued.pk}",
        "failed": f"/results/{failed.pk}",
        "queue": "/review/",
        "case": f"/review/cases/{open_case.pk}",
        "decided": f"/review/cases/{decided.pk}",
        "queues": "/review/queues/",
        "bulk": f"/review/bulk/{draft.pk}",
        "bulks": "/review/bulk/",
        "explore": f"/explore/?{both}",
        "grid": f"/explore/?{both}&shape=grid",
        "archives": "/explore/archives",
        "audit": "/audit/",
        "seals": "/seals/",
        "settings": "/accounts/settings/",
        "problem": "/problems/image-undecodable",
        "missing": "/nothing",
    }
    Case.objects.filter(state=CaseState.OPEN).delete()


def assert_fine(visitor: Visit, name: str) -> None:
    visitor.page.wait_for_load_state("load")
    found = Axe().run(visitor.page)
    assert found.violations_count == 0, f"{name}\n{found.generate_report()}"
    assert visitor.wider_than_the_window() == 0, name


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_pages_of_a_moderator(chromium: Browser, stack: Stack, pages: Pages, theme: str, viewport: Any) -> None:
    with visit(chromium, stack.site, color_scheme=theme, viewport=viewport) as visitor:
        visitor.sign_in()
        for name in SIGNED_IN:
            visitor.open(pages[name])
            assert_fine(visitor, name)


@pytest.mark.parametrize(("theme", "viewport"), [("light", WIDE), ("dark", PHONE)], ids=["wide", "phone"])
def test_pages_of_who_oversees(chromium: Browser, stack: Stack, pages: Pages, theme: str, viewport: Any) -> None:
    with visit(chromium, stack.site, color_scheme=theme, viewport=viewport) as visitor:
        visitor.sign_in("administrator")
        for name in OVERSEEN:
            visitor.open(pages[name])
            assert_fine(visitor, name)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_pages_of_a_visitor(chromium: Browser, stack: Stack, pages: Pages, theme: str, viewport: Any) -> None:
    with visit(chromium, stack.site, color_scheme=theme, viewport=viewport) as visitor:
        for name in VISITING:
            visitor.open(pages[name])
            if name == "refused":
                file = {"name": "words.jpg", "mimeType": "image/jpeg", "buffer": b"these are words"}
                visitor.page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
                visitor.page.get_by_role("alert").wait_for()
            if name == "forbidden":
                visitor.page.get_by_label("Username").fill("nobody")
                visitor.page.get_by_label("Password").fill("wrong")
                visitor.page.get_by_role("button", name="Sign in").click()
                visitor.page.get_by_role("alert").wait_for()
            assert_fine(visitor, name)


@pytest.mark.parametrize("name", ["check", "result", "progress", "queue", "case", "problem"])
def test_first_sight_of_a_page_is_light_on_the_wire(chromium: Browser, stack: Stack, pages: Pages, name: str) -> None:
    with visit(chromium, stack.site) as visitor:
        signed_in = visitor.sign_in().context.storage_state()
    with visit(chromium, stack.site, storage_state=signed_in) as visitor:
        visitor.open(pages[name])

        assert 5_000 < visitor.transferred() < HEAVIEST


@pytest.mark.parametrize("width", [320, 390, 761, 1080, 1280])
def test_nothing_scrolls_sideways(chromium: Browser, stack: Stack, pages: Pages, width: int) -> None:
    with visit(chromium, stack.site, viewport={"width": width, "height": 800}) as visitor:
        visitor.sign_in()
        for name in SIGNED_IN:
            visitor.open(pages[name])
            assert visitor.wider_than_the_window() == 0, name


def test_verdicts_are_told_by_shape_and_word_where_colours_are_forced(
    chromium: Browser, stack: Stack, pages: Pages
) -> None:
    with visit(chromium, stack.site, forced_colors="active") as visitor:
        visitor.sign_in()
        page = visitor.open(pages["decided"])
        chip = page.locator(".case-head .chip").first
        assert chip.inner_text() == "Edited"
        assert chip.locator("use").get_attribute("href") == "#g-edited"
