"""The developers' pages of keys, usage and the console, as a browser shows them."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from moderation.clients.models import ApiKey, Client
from moderation.clients.services import find_key
from moderation.intake.models import Submission
from tests.browser.visits import PHONE, WIDE, visit
from tests.factories import SubmissionFactory, key, picture
from tests.stack import Stack

pytestmark = pytest.mark.browser
LONG = "a key with a very long name that has no end and " * 2


@pytest.mark.parametrize(("theme", "viewport"), [("light", WIDE), ("dark", PHONE)], ids=["light wide", "dark phone"])
def test_every_page_is_accessible_and_fits(
    chromium: Browser, stack: Stack, harbour: Client, theme: str, viewport: Any
) -> None:
    made, _ = key(harbour)
    ApiKey.objects.filter(pk=made.pk).update(name=LONG.strip())
    SubmissionFactory.create(client=harbour)
    desk = f"/developers/{harbour.slug}"
    with visit(chromium, stack.site, color_scheme=theme, viewport=viewport) as visitor:
        visitor.sign_in(harbour.slug, f"{desk}/")
        for path in ("", "keys/", f"keys/{made.pk}", "usage/", "console/"):
            visitor.open(f"{desk}/{path}")
            assert_fine(visitor.page, path)
            assert visitor.wider_than_the_window() == 0, path
        visitor.page.get_by_role("button", name="Make a key for an hour").click()
        visitor.page.get_by_label("Secret", exact=True).wait_for()
        assert_fine(visitor.page, "console with a key")


def assert_fine(page: Page, path: str) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, f"{path}\n{found.generate_report()}"


def test_key_is_made_rotated_and_revoked(chromium: Browser, stack: Stack, harbour: Client) -> None:
    with visit(chromium, stack.site) as visitor:
        page = visitor.sign_in(harbour.slug, f"/developers/{harbour.slug}/keys/")
        page.get_by_label("Name", exact=True).fill("production")
        page.get_by_role("button", name="Make key").click()
        first = page.get_by_label("Secret", exact=True).inner_text().strip()
        made = find_key(first)
        assert made
        assert (made.name, made.scopes, made.client) == ("production", ["submit", "read"], harbour)

        page.get_by_role("link", name="Rotate or revoke… production").click()
        page.get_by_label("The old secret stays good for").select_option("An hour")
        page.get_by_role("button", name="Rotate").click()
        second = page.get_by_label("Secret", exact=True).inner_text().strip()
        assert second != first
        assert (find_key(first), find_key(second)) == (made, made)

        page.get_by_role("button", name="Revoke this key").click()
        page.get_by_text("Harbour has no key.").wait_for()
        assert (find_key(first), find_key(second)) == (None, None)


def test_console_submits_and_shows_the_same_as_curl_and_python(
    chromium: Browser, stack: Stack, harbour: Client
) -> None:
    with visit(chromium, stack.site) as visitor:
        page = visitor.sign_in(harbour.slug, f"/developers/{harbour.slug}/console/")
        page.get_by_role("button", name="Make a key for an hour").click()
        secret = page.get_by_label("Secret", exact=True).inner_text().strip()
        assert page.get_by_label("Key", exact=True).input_value() == secret

        file = {"name": "it's a.png", "mimeType": "image/png", "buffer": picture(shade=77)}
        page.get_by_label("Picture", exact=True).set_input_files(file)  # type: ignore[arg-type]
        page.get_by_label("Your reference").fill("post-42")
        page.get_by_label("Wait for the verdict").uncheck()
        curl = page.locator("#as-curl").inner_text()
        assert r"-F 'file=@it'\''s a.png'" in curl
        assert "-F 'external_id=post-42'" in curl
        page.get_by_role("tab", name="Python").click()
        python = page.locator("#as-python").inner_text()
        assert 'assay.submit_file("it\'s a.png", external_id="post-42")' in python
        assert secret not in curl + python

        page.get_by_role("button", name="Send").click()
        page.get_by_text("202 Accepted in").wait_for()
        made = Submission.objects.get(client=harbour)
        assert f'"id": "{made.pk}"' in page.get_by_label("Answer").inner_text()
        assert made.external_id == "post-42"

        page.get_by_label("Request", exact=True).select_option("get")
        assert page.get_by_label("Picture", exact=True).is_hidden()
        page.get_by_label("Submission", exact=True).fill(made.pk)
        page.get_by_label("Submission", exact=True).press("Control+Enter")
        page.get_by_text("200 OK in").wait_for()


def test_console_shows_a_refusal_as_it_came(chromium: Browser, stack: Stack, harbour: Client) -> None:
    with visit(chromium, stack.site) as visitor:
        page = visitor.sign_in(harbour.slug, f"/developers/{harbour.slug}/console/")
        page.get_by_label("Key", exact=True).fill("ask_absent")
        page.get_by_label("Request", exact=True).select_option("me")
        page.get_by_role("button", name="Send").click()
        page.get_by_text("401 Unauthorized in").wait_for()
        assert '"code": "unauthenticated"' in page.get_by_label("Answer").inner_text()
        visitor.complaints = [one for one in visitor.complaints if "401" not in one]  # the browser notes it too
