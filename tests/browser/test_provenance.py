"""Provenance in Chromium: what a file really says of itself, on the result page and the case page, at both widths."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from moderation.review.models import Case, CaseReason
from moderation.review.services import open_case
from tests.browser.visits import PHONE, WIDE, visit
from tests.detector.provenance.files import chunk, international_text, packet
from tests.detector.provenance.signing import authority, signed
from tests.factories import picture
from tests.stack import Stack

pytestmark = pytest.mark.browser
SOURCE_TYPE = packet('Iptc4xmpExt:DigitalSourceType="trainedAlgorithmicMedia" xmp:CreatorTool="Adobe Photoshop 25.1"')
SETTINGS = (
    "a lighthouse at dusk, oil on canvas\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 42, Model: " + "m" * 150
)


@pytest.fixture(scope="module")
def case(stack: Stack) -> Case:
    """A signed picture with every kind of finding but a camera, and a broken EXIF block in its place."""
    chunks = [
        international_text("XML:com.adobe.xmp", SOURCE_TYPE.decode()),
        international_text("parameters", SETTINGS),
        chunk(b"eXIf", b"II*\x00\xff\xff\xff\xff"),
    ]
    whole = picture(320, 240, shade=77)
    stuffed = whole[:33] + b"".join(chunks) + whole[33:]
    data = signed(authority("A studio with a rather long name"), media_type="image/png", picture=stuffed)
    document = stack.analysed(stack.submit(data))
    made = open_case(document["id"], CaseReason.POLICY)
    assert made
    return made


def shown(page: Page) -> list[str]:
    names = ("C2PA manifest", "IPTC metadata", "Text of a generator", "Software tag", "Camera data (EXIF)")
    return [name for name in names if page.get_by_role("heading", name=name, exact=True).is_visible()]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("which", ["result", "case"])
def test_every_finding_is_legible(
    chromium: Browser, stack: Stack, case: Case, which: str, theme: str, viewport: Any
) -> None:
    paths = {"result": f"/results/{case.submission_id}", "case": f"/review/cases/{case.pk}"}
    with visit(chromium, stack.site, color_scheme=theme, viewport=viewport) as visitor:
        visitor.sign_in()
        page = visitor.open(paths[which])
        assert len(shown(page)) == 5
        assert page.get_by_text("Signed, not trusted", exact=True).is_visible()
        assert page.get_by_text("Unreadable", exact=True).is_visible()
        assert page.get_by_text("Anyone can make such a signature").is_visible()
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert visitor.wider_than_the_window() == 0


def test_picture_that_says_nothing_says_so(chromium: Browser, stack: Stack) -> None:
    document = stack.analysed(stack.submit(picture(320, 240, shade=78)))
    with visit(chromium, stack.site) as visitor:
        visitor.sign_in()
        page = visitor.open(f"/results/{document['id']}")
        assert page.get_by_text("No provenance data was found. That says nothing about the image.").is_visible()
