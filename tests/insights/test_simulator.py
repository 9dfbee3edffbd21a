"""The simulator: asked, it changes nothing; saved by an administrator, it is a version in force."""

from typing import Any

import pytest
from django.test import Client as Browser
from pytest_django.asserts import assertContains, assertNotContains

from moderation.clients.models import Client, Person, Role
from moderation.verdicts import policies
from moderation.verdicts.models import ClientPolicy, Policy, PolicyVersion, Verdict
from tests.factories import ClientFactory, person
from tests.insights.pages_for_tests import narrowed, read
from tests.review.api_for_tests import judged

pytestmark = pytest.mark.django_db
PAGE = "/insights/simulator/"
RULES: dict[str, Any] = {
    **{
        f"{role}-{gate}": value
        for role, limits in policies.DEFAULT_THRESHOLDS.items()
        for gate, value in limits.items()
    },
    **{f"action-{label}": action for label, action in policies.DEFAULT_ACTIONS.items()},
}


def rules(**changed: Any) -> dict[str, Any]:
    """Return what the form sends; a threshold of None is an empty field."""
    return {name: "" if value is None else value for name, value in {**RULES, **changed}.items()}


@pytest.fixture
def harbour() -> Client:
    made: Client = ClientFactory.create(name="Harbour", slug="harbour")
    for probability in (0.1, 0.6, 0.9):
        judged(made, probability)
    return made


@pytest.fixture
def administrator() -> Person:
    return person(Role.ADMINISTRATOR)


def save(reader: Person, **fields: Any) -> Any:
    browser = Browser()
    browser.force_login(reader)
    return browser.post(f"{PAGE}?client=harbour&days=30", fields)


def test_changed_thresholds_are_judged_anew_and_nothing_is_written(harbour: Client) -> None:
    before = (PolicyVersion.objects.count(), Verdict.objects.count())
    answer = read(Browser(), person(Role.AUDITOR), PAGE, client="harbour", **rules(**{"general-label": 0.55}))

    assert answer.status_code == 200
    found = answer.context["found"]
    assert (found["submissions"], found["changed"]) == (3, 1)
    labels = {change.name: change.difference for change in answer.context["changes"][0][1]}
    assert labels == {"real": 0, "ai_generated": 1, "edited": 0, "uncertain": -1}
    assert (PolicyVersion.objects.count(), Verdict.objects.count()) == before
    assert "Put in force" not in answer.content.decode()


def test_without_a_client_the_first_is_chosen_and_figures_lead_to_its_submissions_only(harbour: Client) -> None:
    ClientFactory.create(name="Kite", slug="kite")
    answer = read(Browser(), narrowed(Role.AUDITOR, harbour), PAGE, **rules())
    assertContains(answer, '<option value="harbour" selected>')
    assertNotContains(answer, "All clients")
    assert answer.context["changes"][0][1][0].href == "/explore/?verdict=real&client=harbour"


def test_page_starts_with_the_rules_in_force(harbour: Client) -> None:
    answer = read(Browser(), person(Role.LEAD), PAGE, client="harbour")

    assert answer.context["found"] is None
    assert answer.context["form"]["general-label"].value() == 0.82
    assert answer.context["form"]["general-block"].value() is None


@pytest.mark.parametrize(
    "changed",
    [
        {"general-review": 0.99},
        {"general-review": "much"},
        {"general-label": "nan"},
        {"action-real": "burn"},
        {"general-review": ""},
    ],
)
def test_rules_that_cannot_be_are_refused_with_words(harbour: Client, changed: dict[str, Any]) -> None:
    answer = read(Browser(), person(Role.LEAD), PAGE, client="harbour", **rules(**changed))

    assert (answer.status_code, answer.context["found"]) == (422, None)
    assert 'role="alert"' in answer.content.decode()


def test_administrator_puts_rules_in_force_for_that_client_only(harbour: Client, administrator: Person) -> None:
    answer = save(administrator, **rules(**{"general-label": 0.55}))

    assert answer.status_code == 302
    version = policies.version_for(harbour)
    assert (version.policy.client, version.policy.name, version.thresholds["general"]["label"]) == (
        harbour,
        "harbour",
        0.55,
    )
    assert version.created_by == administrator.actor()
    assert policies.version_for(ClientFactory.create()).thresholds == policies.DEFAULT_THRESHOLDS
    assert "In force for Harbour" in read(Browser(), administrator, answer["Location"]).content.decode()


def test_what_the_form_does_not_show_stays_as_it_was(harbour: Client, administrator: Person) -> None:
    policy = Policy.objects.create(client=harbour, name="mine")
    policies.change(policy, **{**policies.DEFAULT_RULES, "believe_signed_ai": True, "known_images": "near"}, actor="x")
    ClientPolicy.objects.create(client=harbour, policy=policy)
    save(administrator, **rules(**{"general-label": 0.7}))

    version = policies.version_for(harbour)
    assert (version.policy, version.number, version.believe_signed_ai, version.known_images) == (
        policy,
        2,
        True,
        "near",
    )


@pytest.mark.parametrize("role", [Role.LEAD, Role.AUDITOR])
def test_others_put_nothing_in_force(harbour: Client, role: Role) -> None:
    before = PolicyVersion.objects.count()
    answer = save(person(role), **rules(**{"general-label": 0.55}))

    assert (answer.status_code, PolicyVersion.objects.count()) == (422, before)
    assert "An administrator puts a policy in force." in answer.content.decode()


def test_client_that_is_not_seen_cannot_be_simulated(harbour: Client) -> None:
    other = ClientFactory.create(name="Lagoon")
    answer = read(Browser(), narrowed(Role.LEAD, other), PAGE, client="harbour", **rules())

    assert (answer.context["client"], answer.context["found"]["submissions"]) == (other, 0)
