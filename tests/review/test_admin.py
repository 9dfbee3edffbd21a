"""The admin shows what happened to submissions, and changes nothing of it."""

import pytest
from django.test import Client as Browser
from django.urls import reverse

from moderation.clients.models import Role
from moderation.review import objections, services
from moderation.review.models import Appeal, Case, Decision, Report
from moderation.review.services import Choice
from moderation.verdicts.models import HumanLabel
from tests.factories import ClientFactory, key, person
from tests.review.api_for_tests import judged

pytestmark = pytest.mark.django_db
MODELS = [Case, Decision, Report, Appeal]


@pytest.fixture
def browser() -> Browser:
    signed_in = Browser()
    administrator = person(is_staff=True, is_superuser=True)
    signed_in.force_login(administrator, "django.contrib.auth.backends.ModelBackend")
    return signed_in


@pytest.fixture(autouse=True)
def _decided() -> None:
    harbour = ClientFactory.create()
    made, _ = key(harbour)
    submission = judged(harbour, 0.6)
    objections.report(submission, made, HumanLabel.REAL)
    objections.appeal(submission, made, "mine")
    services.decide(Case.objects.get().pk, person(Role.MODERATOR), Choice("real"))


@pytest.mark.parametrize("model", MODELS)
def test_rows_are_shown_and_found_by_their_submission(browser: Browser, model: type[Case]) -> None:
    address = reverse(f"admin:review_{model._meta.model_name}_changelist")
    row = model._default_manager.get()

    assert row.submission_id in browser.get(address).content.decode()
    assert row.submission_id in browser.get(f"{address}?q={row.submission_id}").content.decode()
    assert browser.get(reverse(f"admin:review_{model._meta.model_name}_change", args=[row.pk])).status_code == 200


@pytest.mark.parametrize("model", MODELS)
def test_nothing_can_be_changed_or_deleted(browser: Browser, model: type[Case]) -> None:
    row = model._default_manager.get()
    for what in ("change", "delete"):
        address = reverse(f"admin:review_{model._meta.model_name}_{what}", args=[row.pk])
        assert browser.post(address, {"post": "yes"}).status_code == 403
    assert browser.get(reverse(f"admin:review_{model._meta.model_name}_add")).status_code == 403
    assert model._default_manager.filter(pk=row.pk).exists()
