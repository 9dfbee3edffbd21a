"""The developers' pages of endpoints and deliveries, as a browser shows them."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser

from moderation.clients.models import Client
from moderation.events.models import Event
from moderation.webhooks.models import Attempt, Delivery, Endpoint, State
from tests.browser.visits import PHONE, WIDE, visit
from tests.stack import Stack
from tests.webhooks import factories

pytestmark = pytest.mark.browser
LONG = "https://hooks.harbour.example/" + "a-long-path-without-a-break/" * 8


@pytest.fixture
def failing(harbour: Client) -> Delivery:
    endpoint = factories.endpoint(LONG, harbour, failures=3, failing_since=timezone.now(), headers={"X-A": "1"})
    row = factories.delivery(endpoint, state=State.FAILED, attempts=1)
    Event.objects.filter(pk=row.event_id).update(subject="sub_01m7ztptrce44aacqjva3rhbk3")
    attempt = Attempt(delivery=row, number=1, started_at=timezone.now(), milliseconds=1204, status_code=503)
    attempt.response_excerpt = "<html>" + "busy" * 200
    attempt.save()
    return row


@pytest.mark.parametrize(("theme", "viewport"), [("light", WIDE), ("dark", PHONE)], ids=["light wide", "dark phone"])
def test_every_page_is_accessible_and_fits(
    chromium: Browser, stack: Stack, failing: Delivery, theme: str, viewport: Any
) -> None:
    slug = failing.client.slug
    desk = f"/developers/{slug}"
    with visit(chromium, stack.site, color_scheme=theme, viewport=viewport) as visitor:
        visitor.sign_in(slug, f"{desk}/endpoints/")
        for path in ("endpoints/", f"endpoints/{failing.endpoint_id}", "deliveries/", f"deliveries/{failing.pk}"):
            visitor.open(f"{desk}/{path}")
            found = Axe().run(visitor.page)
            assert found.violations_count == 0, f"{path}\n{found.generate_report()}"
            assert visitor.wider_than_the_window() == 0, path


def test_an_endpoint_is_added_tested_and_its_delivery_replayed(
    chromium: Browser, stack: Stack, harbour: Client
) -> None:
    with visit(chromium, stack.site) as visitor:
        page = visitor.sign_in(harbour.slug, f"/developers/{harbour.slug}/endpoints/")
        page.get_by_label("Address").fill("http://127.0.0.1:9/in")
        page.get_by_label("verdict.revised").check()
        page.get_by_role("button", name="Add endpoint").click()
        made = Endpoint.objects.get(client=harbour)
        assert page.get_by_label("Secret", exact=True).inner_text() == made.secret
        assert made.event_types == ["verdict.revised"]

        page.get_by_role("button", name="Send a test").click()
        page.get_by_role("heading", name="Attempts").wait_for()
        row = Delivery.objects.get(endpoint=made)
        assert page.url == f"{stack.site}/developers/{harbour.slug}/deliveries/{row.pk}"
        page.get_by_role("button", name="Replay").click()
        page.get_by_text("Replayed").wait_for()
        row.refresh_from_db()
        assert row.replays == 1
