import pytest
from django.test import Client as Browser
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from moderation.webhooks.models import Attempt, Delivery, Endpoint
from tests.factories import ClientFactory, person
from tests.webhooks import factories

pytestmark = pytest.mark.django_db
FORM = {"description": "", "event_types": "[]", "headers": "{}"}


@pytest.fixture
def browser() -> Browser:
    browser = Browser()
    browser.force_login(person(is_staff=True, is_superuser=True), backend="django.contrib.auth.backends.ModelBackend")
    return browser


def test_a_new_endpoints_secret_is_shown_once(browser: Browser) -> None:
    client = ClientFactory.create()
    form = {**FORM, "client": client.pk, "url": "https://hooks.example/in"}
    answer = browser.post(reverse("admin:webhooks_endpoint_add"), form, follow=True)
    endpoint = Endpoint.objects.get()
    assertContains(answer, endpoint.secret)
    page = reverse("admin:webhooks_endpoint_change", args=[endpoint.pk])
    assertNotContains(browser.get(page), endpoint.secret)
    assertNotContains(browser.get(reverse("admin:webhooks_endpoint_changelist")), endpoint.secret)


def test_a_forbidden_address_is_refused_on_the_form(browser: Browser) -> None:
    form = {**FORM, "client": ClientFactory.create().pk, "url": "http://10.0.0.1/"}
    assertContains(browser.post(reverse("admin:webhooks_endpoint_add"), form), "not allowed")
    assert not Endpoint.objects.exists()


def test_a_change_keeps_the_secret_and_the_state(browser: Browser) -> None:
    endpoint = factories.endpoint(enabled=False)
    secret = endpoint.secret
    form = {**FORM, "client": endpoint.client_id, "url": "https://moved.example/in", "enabled": "on", "secret": "mine"}
    browser.post(reverse("admin:webhooks_endpoint_change", args=[endpoint.pk]), form)
    endpoint.refresh_from_db()
    assert (endpoint.url, endpoint.secret, endpoint.enabled) == ("https://moved.example/in", secret, False)


def test_endpoints_are_disabled_and_enabled_by_action(browser: Browser) -> None:
    endpoint = factories.endpoint()
    page = reverse("admin:webhooks_endpoint_changelist")
    browser.post(page, {"action": "disable", "_selected_action": [endpoint.pk]})
    endpoint.refresh_from_db()
    assert (endpoint.enabled, endpoint.disabled_reason) == (False, "Disabled by an administrator.")
    browser.post(page, {"action": "enable", "_selected_action": [endpoint.pk]})
    endpoint.refresh_from_db()
    assert (endpoint.enabled, endpoint.disabled_reason) == (True, "")


def test_deliveries_and_their_attempts_are_read_only(browser: Browser) -> None:
    row = factories.delivery(factories.endpoint())
    Attempt.objects.create(
        delivery=row, number=1, started_at=row.created_at, milliseconds=7, status_code=500, response_excerpt="<b>oops"
    )
    page = reverse("admin:webhooks_delivery_change", args=[row.pk])
    assertContains(browser.get(page), "&lt;b&gt;oops")
    assertNotContains(browser.get(reverse("admin:webhooks_delivery_changelist")), row.endpoint.secret)
    assert browser.post(page, {"state": "delivered"}).status_code == 403
    assert browser.get(reverse("admin:webhooks_delivery_add")).status_code == 403
    assert browser.post(reverse("admin:webhooks_delivery_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    assert Delivery.objects.get().state == "pending"
