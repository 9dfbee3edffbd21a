"""The frequency view in a real browser: fetched only by who opens it, and no wider than the page."""

import pytest
from playwright.sync_api import Page, expect

from moderation.review.models import Case
from tests.browser.visits import PHONE, WIDE, Visit, wait_until

pytestmark = pytest.mark.browser
DRAWN = "[...document.querySelectorAll('.frequency img')].every((one) => one.complete && one.naturalWidth > 0)"


def drawings(visitor: Visit) -> list[str]:
    paths = [request.url.removeprefix(visitor.site).partition("?")[0] for request in visitor.requests]
    return sorted(path.rpartition("/")[2] for path in paths if path.endswith(("spectrum.png", "residual.png")))


def open_it(page: Page) -> None:
    page.get_by_text("Frequency view: spectrum and residual").click()
    page.get_by_role("img", name="Residual of the picture").scroll_into_view_if_needed()
    wait_until(page, DRAWN)


def test_drawings_are_fetched_when_they_are_opened(visitor: Visit, case: Case) -> None:
    visitor.sign_in()
    page = visitor.open(f"/results/{case.submission_id}")
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("img", name="Spectrum of the picture")).to_be_hidden()
    assert drawings(visitor) == []

    open_it(page)

    assert drawings(visitor) == ["residual.png", "spectrum.png"]
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)
        assert visitor.wider_than_the_window() == 0


def test_case_shows_them_beside_the_evidence(visitor: Visit, case: Case) -> None:
    visitor.sign_in()
    page = visitor.open(f"/review/cases/{case.pk}")

    open_it(page)

    assert visitor.wider_than_the_window() == 0
