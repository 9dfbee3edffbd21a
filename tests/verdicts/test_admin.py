"""Policies in the admin: a change adds a version, and what cannot be is said beside its field."""

import json
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from moderation.audit.models import Entry
from moderation.verdicts import policies
from moderation.verdicts.models import ClientPolicy, Policy, PolicyVersion, Verdict
from tests.factories import ClientFactory, person

pytestmark = pytest.mark.django_db
PASSWORD = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def admin() -> Any:
    return person(is_staff=True, is_superuser=True)


@pytest.fixture
def browser(admin: Any) -> Browser:
    browser = Browser()
    browser.force_login(admin, PASSWORD)
    return browser


@pytest.fixture
def policy() -> Policy:
    return policies.default_version().policy


def form(**changes: Any) -> dict[str, str]:
    rules = {
        "thresholds": policies.DEFAULT_THRESHOLDS,
        "required_roles": policies.DEFAULT_REQUIRED,
        "actions": policies.DEFAULT_ACTIONS,
        "known_images": policies.DEFAULT_RULES["known_images"],
        "review": policies.DEFAULT_RULES["review"],
        **changes,
    }
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in rules.items()}
    counts = {"TOTAL": "0", "INITIAL": "0"}
    return texts | {f"versions-{name}_FORMS": count for name, count in counts.items()}


def save(browser: Browser, policy: Policy, **changes: Any) -> Any:
    return browser.post(reverse("admin:verdicts_policy_change", args=[policy.pk]), form(**changes))


def test_change_adds_a_version_and_keeps_the_one_before(browser: Browser, policy: Policy, admin: Any) -> None:
    thresholds = {"general": {"review": 0.3, "label": 0.7, "block": 0.95}}

    assert save(browser, policy, thresholds=thresholds).status_code == 302

    newest, first = policy.versions.all()
    assert (newest.number, newest.thresholds, newest.created_by) == (2, thresholds, f"person:{admin.pk}")
    assert (first.number, first.thresholds) == (1, policies.DEFAULT_THRESHOLDS)
    entry = Entry.objects.get(action="policy.changed")
    assert (entry.object_id, entry.actor, entry.data) == (policy.pk, f"person:{admin.pk}", {"version": 2})


def test_saving_the_same_rules_adds_nothing(browser: Browser, policy: Policy) -> None:
    assert save(browser, policy).status_code == 302

    assert PolicyVersion.objects.count() == 1
    assert not Entry.objects.filter(action="policy.changed").exists()


def test_which_known_images_decide_can_be_chosen(browser: Browser, policy: Policy) -> None:
    assert save(browser, policy, known_images="near").status_code == 302

    assert [version.known_images for version in policy.versions.all()] == ["near", "exact"]


def test_policy_may_require_no_role_at_all(browser: Browser, policy: Policy) -> None:
    assert save(browser, policy, required_roles=[]).status_code == 302

    assert policies.default_version().required_roles == []


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("thresholds", "{", "Enter a valid JSON."),
        ("thresholds", "", "This field is required."),
        ("thresholds", "[]", "Must be an object"),
        ("thresholds", {"general": {"review": 0.9, "label": 0.5, "block": None}}, "Must rise"),
        ("thresholds", {"general": {"review": 0.9}}, "Must have exactly review, label and block."),
        ("thresholds", '{"general": {"review": NaN, "label": 0.5, "block": null}}', "above 0 and at most 1"),
        ("thresholds", '{"a\\u0000": {"review": 0.1, "label": 0.5, "block": null}}', "A role is named by"),
        ("required_roles", "general", "Enter a valid JSON."),
        ("required_roles", {}, "Must be a list of roles."),
        ("required_roles", [""], "Must be a list of roles."),
        ("required_roles", '["\\u0000"]', "Must be a list of roles."),
        ("actions", {"real": "allow"}, "Must name an action for each of"),
        ("actions", {**policies.DEFAULT_ACTIONS, "real": "delete"}, "Must be one of allow, label, review, block."),
        ("known_images", "always", "Select a valid choice."),
        ("known_images", "", "This field is required."),
    ],
)
def test_bad_rule_is_shown_on_the_form_and_saves_nothing(
    browser: Browser, policy: Policy, field: str, value: Any, sentence: str
) -> None:
    answer = save(browser, policy, **{field: value})

    assert answer.status_code == 200
    errors = answer.context["adminform"].form.errors
    assert [name for name in errors if any(sentence in error for error in errors[name])] == [field]
    assert PolicyVersion.objects.count() == 1


def test_new_policy_starts_with_version_1(browser: Browser) -> None:
    answer = browser.post(reverse("admin:verdicts_policy_add"), {**form(required_roles=["general"]), "name": "strict"})

    assert answer.status_code == 302
    version = PolicyVersion.objects.get(policy__name="strict")
    assert (version.number, version.required_roles) == (1, ["general"])


def test_name_of_a_policy_stays(browser: Browser, policy: Policy) -> None:
    browser.post(reverse("admin:verdicts_policy_change", args=[policy.pk]), {**form(), "name": "other"})

    assert Policy.objects.get().name == "default"


def test_nothing_is_deleted_and_verdicts_are_read_only(browser: Browser, policy: Policy) -> None:
    assert browser.post(reverse("admin:verdicts_policy_delete", args=[policy.pk])).status_code == 403
    assert browser.get(reverse("admin:verdicts_verdict_add")).status_code == 403
    assert Policy.objects.exists()
    assert not Verdict.objects.exists()


def test_people_without_an_administrators_rights_are_asked_to_sign_in(policy: Policy) -> None:
    browser = Browser()
    browser.force_login(person(), PASSWORD)

    assert save(browser, policy, required_roles=[]).status_code == 302
    assert PolicyVersion.objects.count() == 1


def test_choice_of_a_clients_policy_stands_in_the_log(browser: Browser) -> None:
    chosen = ClientPolicy.objects.create(client=ClientFactory.create(), policy=policies.default_version().policy)
    other = Policy.objects.create(name="other")

    browser.post(
        reverse("admin:verdicts_clientpolicy_change", args=[chosen.pk]),
        {"client": chosen.client_id, "policy": other.pk},
    )

    entry = Entry.objects.get(action="client_policy.changed")
    assert entry.client == chosen.client_id
    assert (entry.before, entry.after) == ({"policy": chosen.policy_id}, {"policy": other.pk})
