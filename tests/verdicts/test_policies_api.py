"""Policies by API: a change is a version; a client sees its own and the installation's, and changes its own alone."""

import copy
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser

from foundation.problems import Problem
from moderation.audit.models import Entry
from moderation.clients.models import Client, Role
from moderation.verdicts import own_policies, policies, services
from moderation.verdicts.models import ClientPolicy, Policy, PolicyVersion, Verdict
from tests.factories import ClientFactory, SubmissionFactory, key, person, said

pytestmark = pytest.mark.django_db
URL = "/api/v1/policies"
RAN = {"general": "mdl_1", "face": "mdl_2", "edited": "mdl_3"}
BODY: dict[str, Any] = {
    "name": "strict",
    "thresholds": {"general": {"review": 0.2, "label": 0.4, "block": 0.9}},
    "required_roles": ["general"],
    "actions": {"real": "allow", "ai_generated": "block", "edited": "label", "cannot_tell": "review"},
}


def bearer(secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"}


def post(browser: Browser, secret: str, body: Any, path: str = URL) -> Any:
    return browser.post(path, json.dumps(body), content_type="application/json", headers=bearer(secret))


def get(browser: Browser, secret: str, path: str = URL) -> Any:
    return browser.get(path, headers=bearer(secret))


def changed(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(BODY), **changes}


@pytest.fixture
def harbour() -> Client:
    made: Client = ClientFactory.create()
    return made


def test_policy_is_made_and_judges_from_now_on(client: Browser, harbour: Client) -> None:
    made, secret = key(harbour, ["manage", "read"])

    answer = post(client, secret, BODY)

    policy = Policy.objects.get(client=harbour)
    assert answer.status_code == 201
    assert answer.json() == {
        "id": policy.pk,
        "name": "strict",
        "version": 1,
        "in_force": True,
        "shared": False,
        "thresholds": BODY["thresholds"],
        "required_roles": ["general"],
        "actions": BODY["actions"],
        "believe_signed_ai": False,
        "known_images": "exact",
        "review": {"bands": [], "disagreement": None, "audit_share": 0.0},
        "created_at": answer.json()["created_at"],
        "links": {"self": f"http://testserver{URL}/{policy.pk}"},
    }
    assert answer["Location"] == answer.json()["links"]["self"]
    assert Entry.objects.get(action="policy.chosen").actor == f"key:{made.pk}"
    submission = SubmissionFactory.create(client=harbour)
    services.record_analysis(submission, [said(0.95)], RAN)
    verdict = Verdict.objects.get()
    assert (verdict.action, verdict.policy_version.policy, verdict.policy_version.number) == ("block", policy, 1)


def test_same_name_is_a_further_version_and_the_one_before_can_be_read(client: Browser, harbour: Client) -> None:
    _, secret = key(harbour)
    first = post(client, secret, BODY).json()

    second = post(client, secret, changed(required_roles=["general", "face"])).json()

    assert (second["id"], second["version"]) == (first["id"], 2)
    assert get(client, secret, f"{URL}/{first['id']}").json() == second
    assert get(client, secret, f"{URL}/{first['id']}?version=1").json() == first
    assert [version.number for version in PolicyVersion.objects.filter(policy=first["id"])] == [2, 1]


def test_same_rules_make_no_further_version(client: Browser, harbour: Client) -> None:
    _, secret = key(harbour)

    first, second = (post(client, secret, BODY).json() for _ in range(2))

    assert first == second
    assert PolicyVersion.objects.filter(policy=first["id"]).count() == 1
    assert Entry.objects.filter(action="policy.chosen").count() == 1


def test_policy_can_wait_and_be_put_in_force_later(client: Browser, harbour: Client) -> None:
    _, secret = key(harbour)

    waiting = post(client, secret, changed(in_force=False)).json()
    assert waiting["in_force"] is False
    assert policies.version_for(harbour).policy.name == "default"

    assert post(client, secret, changed(in_force=True)).json() == {**waiting, "in_force": True}
    assert policies.version_for(harbour).policy.name == "strict"


def test_version_of_the_policy_in_force_cannot_wait(client: Browser, harbour: Client) -> None:
    _, secret = key(harbour)
    post(client, secret, BODY)

    answer = post(client, secret, changed(required_roles=[], in_force=False))

    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert PolicyVersion.objects.filter(policy__client=harbour).count() == 1


def test_what_is_left_out_is_as_in_the_default_policy(client: Browser, harbour: Client) -> None:
    thresholds = {"general": {"review": 0.3, "label": 0.6}}

    body = post(client, key(harbour)[1], {"name": "short", "thresholds": thresholds}).json()

    assert body["thresholds"] == {"general": {"review": 0.3, "label": 0.6, "block": None}}
    assert (body["required_roles"], body["actions"]) == (policies.DEFAULT_REQUIRED, policies.DEFAULT_ACTIONS)
    assert body["believe_signed_ai"] is False


def test_own_default_goes_on_from_the_installations_number_and_leaves_it_alone(
    client: Browser, harbour: Client
) -> None:
    shared = policies.default_version()
    other = ClientFactory.create()

    body = post(client, key(harbour)[1], changed(name="default")).json()

    assert (body["name"], body["version"], body["shared"]) == ("default", 2, False)
    assert body["id"] != shared.policy_id
    assert policies.version_for(other) == policies.default_version() == shared
    assert policies.version_for(harbour).policy_id == body["id"]


def test_two_clients_may_have_policies_of_one_name(client: Browser, harbour: Client) -> None:
    first = post(client, key(harbour)[1], BODY).json()
    second = post(client, key()[1], changed(required_roles=[])).json()

    assert first["id"] != second["id"]
    assert (first["version"], second["version"]) == (1, 1)
    assert policies.version_for(harbour).required_roles == ["general"]


def test_rules_of_review_are_kept_and_completed(client: Browser, harbour: Client) -> None:
    _, secret = key(harbour)
    body = changed(review={"audit_share": 0.02})

    first, again = post(client, secret, body).json(), post(client, secret, body).json()

    assert first["review"] == {"bands": [], "disagreement": None, "audit_share": 0.02}
    assert (first["version"], again["version"]) == (1, 1)


def test_list_has_the_own_and_the_installations_policies(client: Browser, harbour: Client) -> None:
    _, secret = key(harbour)
    shared = policies.default_version().policy
    post(client, key()[1], changed(name="theirs"))
    post(client, secret, BODY)
    post(client, secret, changed(required_roles=[]))

    page = get(client, secret).json()

    assert [(one["name"], one["version"], one["shared"], one["in_force"]) for one in page["results"]] == [
        ("strict", 2, False, True),
        ("default", 1, True, False),
    ]
    assert page["results"][1]["id"] == shared.pk
    assert (page["next"], page["previous"]) == (None, None)


def test_client_without_a_choice_reads_that_the_default_is_in_force(client: Browser, harbour: Client) -> None:
    policies.default_version()

    (only,) = get(client, key(harbour)[1]).json()["results"]

    assert (only["name"], only["in_force"]) == ("default", True)


def test_policy_without_a_version_is_not_listed_and_not_found(client: Browser, harbour: Client) -> None:
    empty = Policy.objects.create(client=harbour, name="empty")
    _, secret = key(harbour)

    assert [one["name"] for one in get(client, secret).json()["results"]] == ["default"]
    assert get(client, secret, f"{URL}/{empty.pk}").status_code == 404
    assert post(client, secret, {}, f"{URL}/{empty.pk}/simulate").status_code == 404


def test_foreign_policy_is_as_good_as_absent(client: Browser, harbour: Client) -> None:
    _, foreign = key()
    theirs = post(client, key(harbour)[1], BODY).json()["id"]

    for path in (f"{URL}/{theirs}", f"{URL}/pol_absent"):
        assert get(client, foreign, path).status_code == 404
        assert post(client, foreign, {}, f"{path}/simulate").status_code == 404
    assert [one["shared"] for one in get(client, foreign).json()["results"]] == [True]


def test_foreign_key_cannot_change_it_by_its_name(client: Browser, harbour: Client) -> None:
    theirs = post(client, key(harbour)[1], BODY).json()

    post(client, key()[1], changed(required_roles=[]))

    assert PolicyVersion.objects.get(policy=theirs["id"]).required_roles == ["general"]


@pytest.mark.parametrize("scopes", [["read"], ["submit"], ["decide"], ["learn", "models"]])
def test_key_without_manage_changes_nothing(client: Browser, harbour: Client, scopes: list[str]) -> None:
    _, secret = key(harbour, scopes)
    shared = policies.default_version().policy

    assert post(client, secret, BODY).status_code == 403
    assert post(client, secret, {}, f"{URL}/{shared.pk}/simulate").status_code == 403
    assert Policy.objects.count() == 1
    assert not ClientPolicy.objects.exists()


def test_key_without_read_sees_nothing(client: Browser, harbour: Client) -> None:
    _, secret = key(harbour, ["manage"])

    assert get(client, secret).status_code == 403
    assert get(client, secret, f"{URL}/{policies.default_version().policy_id}").status_code == 403


def test_people_read_and_do_not_change(client: Browser) -> None:
    policies.default_version()
    client.force_login(person(Role.ADMINISTRATOR), "django.contrib.auth.backends.ModelBackend")

    assert [one["in_force"] for one in client.get(URL).json()["results"]] == [True]
    assert client.post(URL, json.dumps(BODY), content_type="application/json").status_code == 403
    assert Policy.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"name": ""}, "#/name"),
        ({"name": "x" * 65}, "#/name"),
        ({"name": 7}, "#/name"),
        ({"name": None}, "#/name"),
        ({"name": "a\x00b"}, "#/name"),
        ({"thresholds": None}, "#/thresholds"),
        ({"thresholds": []}, "#/thresholds"),
        ({"thresholds": "general"}, "#/thresholds"),
        ({"thresholds": {"general": None}}, "#/thresholds/general"),
        ({"thresholds": {"general": [1, 2]}}, "#/thresholds/general"),
        ({"thresholds": {"general": {"review": 0.2}}}, "#/thresholds/general"),
        ({"thresholds": {"general": {"review": 0.6, "label": 0.5}}}, "#/thresholds/general"),
        ({"thresholds": {"general": {"review": 0, "label": 0.5}}}, "#/thresholds/general"),
        ({"thresholds": {"general": {"review": 0.1, "label": 10**400}}}, "#/thresholds/general"),
        ({"thresholds": {"general": {"review": 0.1, "label": 0.5, "colour": 1}}}, "#/thresholds/general"),
        ({"thresholds": {"GENERAL": {"review": 0.1, "label": 0.5}}}, "#/thresholds"),
        ({"thresholds": {f"r{n}": {"review": 0.1, "label": 0.5} for n in range(65)}}, "#/thresholds"),
        ({"required_roles": "general"}, "#/required_roles"),
        ({"required_roles": None}, "#/required_roles"),
        ({"required_roles": [{}]}, "#/required_roles"),
        ({"required_roles": ["general"] * 65}, "#/required_roles"),
        ({"actions": {"real": "allow"}}, "#/actions"),
        ({"actions": {**BODY["actions"], "real": "delete"}}, "#/actions/real"),
        ({"actions": {**BODY["actions"], "real": []}}, "#/actions/real"),
        ({"actions": []}, "#/actions"),
        ({"believe_signed_ai": "true"}, "#/believe_signed_ai"),
        ({"believe_signed_ai": None}, "#/believe_signed_ai"),
        ({"known_images": "always"}, "#/known_images"),
        ({"review": []}, "#/review"),
        ({"review": {"rate": 0.1}}, "#/review/rate"),
        ({"review": {"audit_share": 1.5}}, "#/review/audit_share"),
        ({"review": {"disagreement": True}}, "#/review/disagreement"),
        ({"review": {"bands": {}}}, "#/review/bands"),
        ({"review": {"bands": [{"role": "face", "from": 0.6, "to": 0.4}]}}, "#/review/bands/0"),
        ({"review": {"bands": [{"role": "Face!", "from": 0.4, "to": 0.6}]}}, "#/review/bands/0"),
        ({"known_images": None}, "#/known_images"),
        ({"known_images": True}, "#/known_images"),
        ({"in_force": 1}, "#/in_force"),
    ],
)
def test_impossible_policy_is_422_with_its_pointer(
    client: Browser, harbour: Client, changes: dict[str, Any], pointer: str
) -> None:
    answer = post(client, key(harbour)[1], changed(**changes))

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert not Policy.objects.filter(client=harbour).exists()
    assert not ClientPolicy.objects.exists()


@pytest.mark.parametrize("body", [[], "x", 7, None])
def test_body_that_is_no_object_is_422(client: Browser, harbour: Client, body: Any) -> None:
    answer = post(client, key(harbour)[1], body)

    assert answer.status_code == 422
    assert not Policy.objects.filter(client=harbour).exists()


@pytest.mark.parametrize(("query", "status"), [("version=9", 404), ("version=x", 422), ("version=-1", 422)])
def test_version_that_is_none_is_refused(client: Browser, harbour: Client, query: str, status: int) -> None:
    _, secret = key(harbour)
    made = post(client, secret, BODY).json()["id"]

    assert get(client, secret, f"{URL}/{made}?{query}").status_code == status


@pytest.mark.parametrize("query", ["version=" + "9" * 5000, "colour=1", "version=%00"])
def test_odd_query_of_a_policy_is_422(client: Browser, harbour: Client, query: str) -> None:
    _, secret = key(harbour)
    made = post(client, secret, BODY).json()["id"]

    assert get(client, secret, f"{URL}/{made}?{query}").status_code == 422


def test_retry_with_the_same_idempotency_key_makes_one_version(client: Browser, harbour: Client) -> None:
    headers = {**bearer(key(harbour)[1]), "idempotency-key": "p-1"}

    first, second = (
        client.post(URL, json.dumps(BODY), content_type="application/json", headers=headers) for _ in range(2)
    )

    assert first.json() == second.json()
    assert second["Idempotency-Replayed"] == "true"


def test_admin_cannot_give_a_client_another_ones_policy(harbour: Client) -> None:
    theirs = Policy.objects.create(client=ClientFactory.create(), name="theirs")
    shared = policies.default_version().policy

    with pytest.raises(Exception, match="belongs to another client"):
        ClientPolicy(client=harbour, policy=theirs).full_clean()
    ClientPolicy(client=harbour, policy=shared).full_clean()


@pytest.mark.django_db(transaction=True)
def test_changes_at_once_are_versions_one_after_the_other() -> None:
    harbour = ClientFactory.create()

    def save(number: int) -> str:
        rules = {
            **policies.DEFAULT_RULES,
            "thresholds": {"general": {"review": 0.1, "label": number / 10, "block": None}},
        }
        try:
            return str(own_policies.save(harbour, "strict", rules, in_force=True, actor="test").number)
        except Problem as problem:
            return problem.code
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        numbers = sorted(pool.map(save, range(2, 8)))

    assert numbers == ["1", "2", "3", "4", "5", "6"]
    assert Policy.objects.filter(client=harbour).count() == 1
