"""Keys: shown once, stored hashed, useless once revoked or expired."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from moderation.audit.models import Entry
from moderation.clients import services, tasks
from moderation.clients.models import ApiKey, OldSecret, StoredAnswer
from tests.factories import ClientFactory, key

pytestmark = pytest.mark.django_db


def test_secret_is_not_stored() -> None:
    made, secret = key()

    assert secret.startswith("ask_")
    assert len(secret) >= 40
    assert secret not in str(ApiKey.objects.values().get(pk=made.pk))
    assert secret not in str(list(Entry.objects.values()))


def test_key_is_found_by_its_secret_and_its_use_is_noted() -> None:
    made, secret = key()

    assert services.find_key(secret) == made
    first = ApiKey.objects.get().last_used_at
    services.find_key(secret)
    assert first is not None
    assert ApiKey.objects.get().last_used_at == first


@pytest.mark.parametrize("secret", ["", "ask_", "ask_wrong", "Bearer", "\x00", "é" * 50])
def test_other_secrets_find_nothing(secret: str) -> None:
    key()

    assert services.find_key(secret) is None


def test_revoked_key_is_refused_and_revoking_twice_is_logged_once() -> None:
    made, secret = key()

    assert services.revoke_key(made, actor="test") is True
    assert services.revoke_key(made, actor="test") is False
    assert services.find_key(secret) is None
    assert Entry.objects.filter(action="key.revoked").count() == 1


def test_expired_key_is_refused() -> None:
    made, secret = key()
    ApiKey.objects.filter(pk=made.pk).update(expires_at=timezone.now() - timedelta(seconds=1))

    assert services.find_key(secret) is None


def test_key_of_a_switched_off_client_is_refused() -> None:
    client = ClientFactory.create(is_active=False)
    _, secret = key(client)

    assert services.find_key(secret) is None


def test_unknown_scope_makes_no_key() -> None:
    with pytest.raises(ValueError, match="everything"):
        services.create_key(ClientFactory.create(), "x", ["everything"], actor="test")

    assert not ApiKey.objects.exists()


def test_sweep_forgets_secrets_and_answers_that_are_over() -> None:
    made, _ = key()
    services.rotate_key(made, timedelta(hours=1), actor="test")
    services.rotate_key(made, timedelta(days=3), actor="test")
    row = StoredAnswer(owner="cli_1", fingerprint="x", status=201)
    for hours in (1, 25):
        row.place, row.created_at = str(hours), timezone.now() - timedelta(hours=hours)
        row.save(force_insert=True)

    with time_machine.travel(timezone.now() + timedelta(hours=2), tick=False):
        tasks.sweep()

    assert OldSecret.objects.count() == 1
    assert list(StoredAnswer.objects.values_list("place", flat=True)) == ["1"]
