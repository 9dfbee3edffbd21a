"""The running site (real web and worker processes) and a Chromium, once for the session."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from django.test.utils import setup_databases, teardown_databases
from django.utils import timezone
from playwright.sync_api import Browser, sync_playwright

from moderation.clients.models import Client, Person, Role
from moderation.intake.models import StoredImage
from moderation.review.models import Case, CaseReason
from moderation.review.services import open_case
from scripts import chromium as program
from tests.browser.visits import PASSWORD, Visit, visit
from tests.factories import ClientFactory, person, picture
from tests.stack import Stack, running

QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", *QUIET]
HASHER = {"PASSWORD_HASHERS": ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]}


@pytest.fixture(scope="session")
def database(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: Any
) -> Iterator[None]:
    """The test database for as long as the browser tests run, which share it with the site's processes.

    Their marker is not ``django_db``: what they write has to be seen by others, and to stay from one to the next.
    """
    with django_db_blocker.unblock():
        there = str(connection.settings_dict["NAME"]).startswith("test_")
        made = [] if there else setup_databases(verbosity=0, interactive=False, serialized_aliases=[])
        yield
        if there:
            call_command("flush", interactive=False, verbosity=0)
        teardown_databases(made, verbosity=0)


@pytest.fixture(scope="session")
def stack(database: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Web and worker on the test's database; a decision is held for 30 s."""
    with running(
        tmp_path_factory.mktemp("site"), "web", "worker", ASSAY_RETRACTION_SECONDS="30", ASSAY_SIGN_UP="true"
    ) as started:
        for role in (Role.MODERATOR, Role.VIEWER, Role.LEAD, Role.ADMINISTRATOR):
            _account(role)
        yield started


def _account(role: Role) -> None:
    _let_in(person(role, username=str(role)))


def _let_in(who: Person) -> None:
    with override_settings(**HASHER):
        who.set_password(PASSWORD)
    who.save()


@pytest.fixture
def harbour(stack: Stack) -> Client:
    """A client with a developer who bears its name and can sign in."""
    made: Client = ClientFactory.create(name="Harbour")
    developer = person(username=made.slug)
    _let_in(developer)
    made.developers.add(developer)
    return made


@pytest.fixture(scope="session")
def chromium(stack: Stack) -> Iterator[Browser]:
    """Debian's Chromium. Playwright's loop runs in this thread: Django is told that its use here is meant.

    Under a loop Django keeps another connection than without, which is closed while the loop still runs.
    """
    path = program.find()
    if path is None:
        pytest.fail("There is no Chromium; install the Debian package chromium, or name it in ASSAY_CHROMIUM.")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()
        connection.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def visitor(chromium: Browser, stack: Stack) -> Iterator[Visit]:
    with visit(chromium, stack.site) as made:
        yield made


@pytest.fixture
def case(stack: Stack) -> Case:
    """A case with what the models really said of a picture."""
    return new_case(stack)


def forget_missing_files(stack: Stack) -> None:
    """Mark pictures of other tests that have a row and no file as no longer kept: pages that list all ask for them."""
    storage = FileSystemStorage(stack.folder / "media")
    kept = StoredImage.objects.filter(discarded_at=None)
    missing = [image.pk for image in kept if not storage.exists(image.path)]
    kept.filter(pk__in=missing).update(discarded_at=timezone.now())


def new_case(stack: Stack, shade: int = 0) -> Case:
    """Return a case of a picture that was judged; whether the policy would have asked for one does not matter."""
    document = stack.analysed(stack.submit(picture(320, 240, shade=shade)))
    made = open_case(document["id"], CaseReason.POLICY)
    assert made
    return made
