"""An endpoint that Assay disabled: its owner hears of it once, by mail and through the other endpoints."""

from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone
from standardwebhooks import Webhook

from moderation.events import services as events
from moderation.events.models import Event
from moderation.webhooks import delivery, notices, services, tasks
from moderation.webhooks.models import Endpoint
from tests.webhooks import factories
from tests.webhooks.receiver import Receiver

pytestmark = pytest.mark.django_db
REASON = "Every attempt failed for 5 days."


def given_up(contact: str = "") -> Endpoint:
    endpoint = factories.endpoint(contact=contact)
    services.give_up(endpoint, REASON)
    endpoint.refresh_from_db()
    return endpoint


def test_the_contact_is_written_to_once(mailoutbox: list[EmailMessage]) -> None:
    endpoint = given_up(contact="ops@harbour.example")
    assert [notices.send_due(), notices.send_due()] == [1, 0]
    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == (["ops@harbour.example"], "Assay disabled a webhook endpoint")
    for said in (endpoint.url, endpoint.client.name, REASON, "/developers/"):
        assert said in mail.body
    assert endpoint.secret not in mail.body


def test_without_a_contact_nobody_is_written_to(mailoutbox: list[EmailMessage]) -> None:
    given_up()
    assert notices.send_due() == 0
    assert mailoutbox == []


def test_an_owner_who_disabled_it_is_not_told(mailoutbox: list[EmailMessage]) -> None:
    endpoint = factories.endpoint(contact="ops@harbour.example")
    services.disable(endpoint, services.BY_OWNER, actor="key_1")
    assert notices.send_due() == 0
    assert mailoutbox == []
    assert not Event.objects.exists()


def test_giving_up_twice_tells_once(mailoutbox: list[EmailMessage]) -> None:
    endpoint = given_up(contact="ops@harbour.example")
    services.give_up(endpoint, REASON)
    notices.send_due()
    assert len(mailoutbox) == Event.objects.count() == 1


def test_an_endpoint_that_was_enabled_meanwhile_is_not_written_about(mailoutbox: list[EmailMessage]) -> None:
    endpoint = given_up(contact="ops@harbour.example")
    services.enable(endpoint, actor="key_1")
    assert notices.send_due() == 0
    assert mailoutbox == []


def test_a_mail_that_fails_is_tried_again_later(
    monkeypatch: pytest.MonkeyPatch, mailoutbox: list[EmailMessage]
) -> None:
    given_up(contact="ops@harbour.example")

    def down(*_: object) -> int:
        raise SMTPServerDisconnected("no")

    with monkeypatch.context() as broken:
        broken.setattr(notices, "send_mail", down)
        assert notices.send_due() == 0
    again = Endpoint.objects.get().notice_at
    assert again is not None
    assert timedelta(minutes=9) < again - timezone.now() <= timedelta(minutes=10)
    assert notices.send_due() == 0
    Endpoint.objects.update(notice_at=timezone.now())
    tasks.sweep()
    assert len(mailoutbox) == 1


def test_the_clients_other_endpoints_are_told_and_nobody_elses(hooks: Receiver) -> None:
    dead = given_up()
    other = factories.endpoint(hooks.url, client=dead.client)
    stranger = factories.endpoint(hooks.url)
    events.dispatch_due()
    delivery.deliver_due()
    (got,) = hooks.received
    body = Webhook(other.secret).verify(got.body, got.headers)
    assert body["type"] == "endpoint.disabled"
    assert body["data"] == {"endpoint": dead.pk, "url": dead.url, "reason": REASON}
    assert not stranger.deliveries.exists()
    assert not dead.deliveries.exists()
