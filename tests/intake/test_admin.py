"""What an administrator sees of intake: everything to look at, nothing to change."""

import pytest
from django.test import Client as Browser
from django.urls import reverse

from moderation.intake import imports
from moderation.intake.models import Erasure, Import, Submission
from tests.factories import ClientFactory, SubmissionFactory, person

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def browser(client: Browser) -> Browser:
    client.force_login(person(is_staff=True, is_superuser=True), BACKEND)
    return client


def made() -> dict[str, str]:
    owner = ClientFactory.create()
    Erasure.objects.create(client=owner, submission="sub_gone", erased=["findings"])
    imports.start(owner, b"url\nhttps://a.example/\n", "posts.csv")
    submission = SubmissionFactory.create(image=None, url="https://a.example/")
    return {"erasure": Erasure.objects.get().pk, "import": Import.objects.get().pk, "submission": submission.pk}


@pytest.mark.parametrize("name", ["erasure", "import", "submission"])
def test_row_is_shown_and_cannot_be_changed(browser: Browser, name: str) -> None:
    pk = made()[name]

    assert browser.get(reverse(f"admin:intake_{name}_changelist")).status_code == 200
    assert browser.get(reverse(f"admin:intake_{name}_change", args=[pk])).status_code == 200
    assert browser.post(reverse(f"admin:intake_{name}_change", args=[pk]), {}).status_code == 403
    assert browser.post(reverse(f"admin:intake_{name}_delete", args=[pk]), {"post": "yes"}).status_code == 403
    assert browser.get(reverse(f"admin:intake_{name}_add")).status_code == 403
    assert (Erasure.objects.count(), Import.objects.count(), Submission.objects.count()) == (1, 1, 1)
