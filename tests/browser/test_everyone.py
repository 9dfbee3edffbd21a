"""What everyone does with a result, in a browser: share, report, delete; an account, its history and its appeal."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FilePayload, expect

from moderation.clients.models import Person
from moderation.review.models import Appeal, Case, Report
from tests.browser.visits import PHONE, WIDE, Visit, visit
from tests.factories import picture
from tests.stack import Stack

pytestmark = pytest.mark.browser
JUDGED = 30_000
PASSWORD = "a pond at dusk, in March"


def check(visitor: Visit, shade: int) -> str:
    """Have a picture checked and return the address of its judged result."""
    page = visitor.open("/")
    page.locator("input[type=file]").set_input_files(
        FilePayload(name=f"{shade}.png", mimeType="image/png", buffer=picture(320, 240, shade=shade))
    )
    page.wait_for_url("**/results/sub_*")
    expect(page.get_by_role("heading", name="What this cannot know")).to_be_visible(timeout=JUDGED)
    return page.url.removeprefix(visitor.site)


def assert_fine(visitor: Visit, name: str) -> None:
    visitor.page.wait_for_load_state("load")
    found = Axe().run(visitor.page)
    assert found.violations_count == 0, f"{name}\n{found.generate_report()}"
    assert visitor.wider_than_the_window() == 0, name


@pytest.mark.parametrize(("theme", "viewport"), [("light", WIDE), ("dark", PHONE)], ids=["light wide", "dark phone"])
def test_result_is_shared_reported_by_its_reader_and_deleted_by_its_owner(
    chromium: Browser, stack: Stack, theme: str, viewport: Any
) -> None:
    looks = {"color_scheme": theme, "viewport": viewport}
    with visit(chromium, stack.site, **looks) as owner, visit(chromium, stack.site, **looks) as reader:
        address = check(owner, shade=len(theme))
        page = owner.page
        expect(page.locator(".scores .score")).to_have_count(3)
        page.get_by_role("button", name="Make a link").click()
        link = page.get_by_label("Link, open to anyone who has it").input_value().removeprefix(stack.site)
        assert_fine(owner, "result of one's own")

        shared = reader.open(link)
        shared.get_by_text("Say what it is").click()
        shared.get_by_label("Real", exact=True).check()
        shared.get_by_label("How do you know? (optional)").fill("I have the negative.")
        assert_fine(reader, "shared result")
        shared.get_by_role("button", name="Send the report").click()
        expect(shared.get_by_text("Thank you. Your report was kept")).to_be_visible()
        report = Report.objects.latest("id")
        assert (report.expected, report.by_visitor, f"/results/{report.submission_id}") == ("real", True, address)
        assert Case.objects.filter(submission=report.submission_id, state="open").exists()

        page.get_by_role("link", name="Delete...").click()
        assert_fine(owner, "before it is deleted")
        page.get_by_role("button", name="Delete picture and report").click()
        expect(page.get_by_text("The picture and its report were deleted.")).to_be_visible()
        expect(reader.open(link).get_by_role("heading", level=1)).to_have_text("Nothing here")


@pytest.mark.parametrize(("theme", "viewport"), [("dark", WIDE), ("light", PHONE)], ids=["dark wide", "light phone"])
def test_account_takes_over_a_check_and_appeals_against_its_answer(
    chromium: Browser, stack: Stack, theme: str, viewport: Any
) -> None:
    with visit(chromium, stack.site, color_scheme=theme, viewport=viewport) as visitor:
        address = check(visitor, shade=20 + len(theme))
        page = visitor.open("/accounts/sign-up/")
        page.get_by_label("Username").fill(f"nora-{theme}")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_label("Password confirmation").fill("another")
        page.get_by_role("button", name="Make the account").click()
        page.get_by_role("alert").wait_for()
        assert_fine(visitor, "refused account")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_label("Password confirmation").fill(PASSWORD)
        page.get_by_role("button", name="Make the account").click()
        expect(page.get_by_text("Your account is made, and you are signed in.")).to_be_visible()

        page.get_by_role("link", name="All of them").click()
        assert_fine(visitor, "history")
        page.get_by_role("link", name=f"{20 + len(theme)}.png").click()
        page.get_by_role("link", name="appeal against it").click()
        page.get_by_label("Why is the answer wrong?").fill("I took this picture myself.")
        assert_fine(visitor, "appeal")
        page.get_by_role("button", name="Send the appeal").click()
        expect(page.get_by_role("heading", name="The appeal is open")).to_be_visible()

        appeal = Appeal.objects.latest("id")
        assert appeal.person == Person.objects.get(username=f"nora-{theme}")
        assert f"/results/{appeal.submission_id}" == address
        Case.objects.filter(submission=appeal.submission_id).delete()


@pytest.mark.parametrize("width", [320, 390])
def test_pages_of_a_visitor_fit_a_phone(chromium: Browser, stack: Stack, width: int) -> None:
    with visit(chromium, stack.site, viewport={"width": width, "height": 800}) as visitor:
        for path in ("/", "/accounts/login/", "/accounts/sign-up/", check(visitor, shade=width)):
            visitor.open(path)
            assert visitor.wider_than_the_window() == 0, path
