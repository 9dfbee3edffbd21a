"""Checking a picture in a real browser: chosen, dropped, pasted, refused, and without JavaScript."""

import base64
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.browser.visits import PHONE, Visit, visit, wait_until
from tests.factories import picture
from tests.stack import Stack

pytestmark = pytest.mark.browser
SENT = FilePayload(name="holiday.png", mimeType="image/png", buffer=picture(320, 240))
HEADLINES = re.compile("No sign of AI or editing|Probably AI-generated|Probably edited|Uncertain")
JUDGED = 30_000
SHOWN = "[...document.images].every((one) => !one.checkVisibility() || one.naturalWidth > 0)"
TRANSFER = """(encoded) => {
  const bytes = Uint8Array.from(atob(encoded), (one) => one.charCodeAt(0));
  const list = new DataTransfer();
  list.items.add(new File([bytes], "given.png", {type: "image/png"}));
  return list;
}"""


def expect_verdict(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(HEADLINES, timeout=JUDGED)
    for words in ("What each model found", "What this cannot know", "General, whole picture", "Provenance"):
        expect(page.get_by_text(words, exact=True)).to_be_visible()


def given(page: Page) -> object:
    return page.evaluate_handle(TRANSFER, base64.b64encode(picture(320, 240, shade=3)).decode())


def test_chosen_file_leads_to_its_verdict(visitor: Visit) -> None:
    page = visitor.open("/")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a file").click()
    chooser.value.set_files(SENT)

    page.wait_for_url("**/results/sub_*")
    expect_verdict(page)


def test_page_follows_by_itself_from_progress_to_verdict(visitor: Visit, stack: Stack) -> None:
    stack.programs["worker"].stop()
    try:
        page = visitor.open("/")
        page.locator("input[type=file]").set_input_files(
            FilePayload(name="later.png", mimeType="image/png", buffer=picture(320, 240, shade=4))
        )
        page.wait_for_url("**/results/sub_*")
        expect(page.get_by_role("heading", level=1)).to_have_text("Being judged")
        expect(page.get_by_text("Waiting for its turn.")).to_be_visible()
    finally:
        stack.start("worker")

    expect_verdict(page)
    expect(page).to_have_title(HEADLINES)
    expect(page.locator("#announced")).to_have_text(HEADLINES)


def test_dropped_file_is_sent(visitor: Visit) -> None:
    page = visitor.open("/")

    page.dispatch_event("#drop", "drop", {"dataTransfer": given(page)})

    page.wait_for_url("**/results/sub_*")


def test_pasted_picture_is_sent(visitor: Visit) -> None:
    page = visitor.open("/")

    page.evaluate(
        "(data) => dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, cancelable: true}))", given(page)
    )

    page.wait_for_url("**/results/sub_*")


def test_pasted_text_is_left_alone(visitor: Visit) -> None:
    page = visitor.open("/")

    page.evaluate("dispatchEvent(new ClipboardEvent('paste', {clipboardData: new DataTransfer()}))")

    expect(page.get_by_role("heading", level=1)).to_have_text("Check a picture")


def test_example_is_checked_by_one_button(visitor: Visit) -> None:
    page = visitor.open("/")

    page.get_by_role("button", name=re.compile("Camera, unsigned")).first.click()

    page.wait_for_url("**/results/sub_*")
    expect_verdict(page)


def test_refused_file_says_what_to_do(visitor: Visit) -> None:
    page = visitor.open("/")
    page.locator("input[type=file]").set_input_files(
        FilePayload(name="holiday.jpg", mimeType="image/jpeg", buffer=b"these are words")
    )

    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("not an image of an accepted type")
    expect(alert).to_contain_text("Send JPEG, PNG, WebP")


def test_all_of_it_works_without_javascript(chromium: Browser, stack: Stack, tmp_path: Path) -> None:
    file = tmp_path / "plain.png"
    file.write_bytes(picture(320, 240, shade=5))
    with visit(chromium, stack.site, java_script_enabled=False) as visitor:
        page = visitor.open("/")
        page.get_by_label("Choose a picture").set_input_files(file)
        page.get_by_role("button", name="Check this picture").click()
        page.wait_for_url("**/results/sub_*")

        expect_verdict(page)
        expect(page.get_by_label("Opacity")).to_be_hidden()
        page.get_by_role("radio", name="None").check(force=True)
        expect(page.locator(".heat").first).to_be_hidden()
        page.get_by_role("radio", name="General").check(force=True)
        expect(page.locator(".heat").first).to_be_visible()


def test_heatmap_lies_on_the_picture_and_its_picture_opens(visitor: Visit) -> None:
    page = visitor.open("/")
    page.locator("input[type=file]").set_input_files(SENT)
    page.wait_for_url("**/results/sub_*")
    expect_verdict(page)

    photo, heat = page.locator(".photo"), page.locator(".heat").first
    expect(heat).to_be_visible()
    assert photo.bounding_box() == heat.bounding_box()
    wait_until(page, SHOWN)
    natural = "(one) => [one.naturalWidth, one.naturalHeight]"
    assert photo.evaluate(natural) == heat.evaluate(natural) == [320, 240]
    address = page.get_by_role("link", name=re.compile("Picture with heatmap")).first.get_attribute("href")
    answer = page.request.get(f"{stack_of(page)}{address}")
    assert (answer.status, answer.headers["content-type"]) == (200, "image/png")


def test_heatmap_of_a_picture_that_lay_on_its_side_stands_upright_with_it(visitor: Visit) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = picture(320, 240, format_="JPEG", exif=exif)
    page = visitor.open("/")
    page.locator("input[type=file]").set_input_files(
        FilePayload(name="turned.jpg", mimeType="image/jpeg", buffer=turned)
    )
    page.wait_for_url("**/results/sub_*")
    expect_verdict(page)

    wait_until(page, SHOWN)
    for layer in (page.locator(".photo"), page.locator(".heat").first):
        assert layer.evaluate("(one) => [one.naturalWidth, one.naturalHeight]") == [240, 320]


def stack_of(page: Page) -> str:
    origin: str = page.evaluate("location.origin")
    return origin


def test_result_is_listed_among_ones_own_checks_and_closed_to_others(
    visitor: Visit, chromium: Browser, stack: Stack
) -> None:
    page = visitor.open("/")
    page.locator("input[type=file]").set_input_files(SENT)
    page.wait_for_url("**/results/sub_*")
    address = page.url.removeprefix(stack.site)

    visitor.open("/")
    expect(page.get_by_role("link", name="holiday.png")).to_have_attribute("href", address)
    with visit(chromium, stack.site) as stranger:
        expect(stranger.open(address).get_by_role("heading", level=1)).to_have_text("Nothing here")


def test_sections_open_from_a_button_on_a_phone(chromium: Browser, stack: Stack) -> None:
    with visit(chromium, stack.site, viewport=PHONE, has_touch=True) as visitor:
        page = visitor.open("/")
        expect(page.get_by_role("link", name="Developers")).to_be_hidden()
        page.get_by_role("button", name="Check sections").click()
        expect(page.get_by_role("link", name="Developers")).to_be_visible()


def test_theme_is_chosen_and_kept(visitor: Visit) -> None:
    page = visitor.open("/")
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    light = page.evaluate(ground)
    theme = page.locator("#theme")
    theme.click()
    expect(theme).to_have_attribute("aria-label", "Theme: light. Change")
    theme.click()
    dark = page.evaluate(ground)

    visitor.open("/accounts/login/")
    assert page.evaluate(ground) == dark != light
    expect(page.locator("#theme")).to_have_attribute("aria-label", "Theme: dark. Change")
