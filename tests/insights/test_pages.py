"""The insight pages: who opens which, whose figures they show, and that no address breaks them."""

import pytest
from django.test import Client as Browser

from moderation.audit.models import Entry
from moderation.clients.models import Role
from moderation.events.models import Event
from moderation.verdicts.models import Verdict
from tests.factories import ClientFactory, person
from tests.insights.pages_for_tests import OVERSEEN, PAGES, narrowed, read, text
from tests.review.api_for_tests import judged

pytestmark = pytest.mark.django_db
EVERY = {**PAGES, **OVERSEEN}
HOSTILE = ["\x00", "' OR 1=1 --", "<script>", "../../etc", "9" * 400, "precision:\x00", "-1", "é"]


def test_readers_open_figures_and_overseers_everything() -> None:
    browser = Browser()
    for role in Role:
        somebody = person(role)
        for name, path in EVERY.items():
            allowed = name in PAGES or role in {Role.LEAD, Role.ADMINISTRATOR, Role.AUDITOR}
            assert read(browser, somebody, path).status_code == (200 if allowed else 403), (role, name)


def test_strangers_sign_in_first_and_people_without_a_role_are_refused() -> None:
    for path in EVERY.values():
        assert Browser().get(path)["Location"].startswith("/accounts/login/")
        assert read(Browser(), person(), path).status_code == 403


@pytest.mark.parametrize("name", EVERY)
def test_hostile_addresses_are_answered(name: str) -> None:
    browser, lead = Browser(raise_request_exception=False), person(Role.LEAD)
    for value in HOSTILE:
        for parameter in ("client", "days", "figure", "page", "general-review", "opened", "age"):
            assert read(browser, lead, EVERY[name], **{parameter: value}).status_code in {200, 404, 422}, value


def test_figures_of_a_client_that_is_not_seen_are_left_out() -> None:
    seen, hidden = ClientFactory.create(name="Harbour"), ClientFactory.create(name="Lagoon")
    judged(seen, 0.6)
    hidden_case = judged(hidden, 0.6)
    reader, browser = narrowed(Role.LEAD, seen), Browser()

    for name, path in EVERY.items():
        answer = read(browser, reader, path)
        page = text(answer)
        assert "Lagoon" not in page, name
        assert hidden.slug not in page, name
        assert hidden_case.pk not in page, name
    assert read(browser, reader, PAGES["queue"]).context["waiting"].count == 1
    assert read(browser, reader, PAGES["queue"], client=hidden.slug).context["scope"].client is None


def test_reading_changes_nothing() -> None:
    judged(ClientFactory.create(), 0.6)
    before = (Verdict.objects.count(), Event.objects.count(), Entry.objects.count())
    for path in [*PAGES.values(), OVERSEEN["reviewers"], OVERSEEN["simulator"], OVERSEEN["transparency"]]:
        read(Browser(), person(Role.ADMINISTRATOR), path)

    assert (Verdict.objects.count(), Event.objects.count(), Entry.objects.count()) == before


def test_pages_take_no_post() -> None:
    browser = Browser()
    browser.force_login(person(Role.ADMINISTRATOR))
    for name, path in EVERY.items():
        if name != "simulator":
            assert browser.post(path).status_code == 405, name


def test_reviewers_page_of_nobody_is_not_found() -> None:
    assert read(Browser(), person(Role.LEAD), "/insights/reviewers/999999/").status_code == 404
    assert read(Browser(), person(Role.MODERATOR), "/insights/reviewers/1/").status_code == 403


def test_figure_that_never_was_is_not_found() -> None:
    for name in ("precision", "precision:maybe", "source:nowhere", "model:mdl_none", "n"):
        assert read(Browser(), person(Role.LEAD), PAGES["pictures"], figure=name).status_code == 404
