"""Appeals: one open at a time, decided by somebody else, and told when opened and when decided."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone

from foundation.problems import Problem
from moderation.audit.models import Entry
from moderation.clients.models import Client, Person, Role
from moderation.events import services as events
from moderation.events.models import Event
from moderation.intake.models import Priority, Submission
from moderation.review import objections, selectors, services
from moderation.review.models import Appeal, Case, CaseReason, CaseState, Decision
from moderation.review.services import Choice
from tests.factories import ClientFactory, SubmissionFactory, key, person
from tests.review.api_for_tests import due, get, judged, post, standing, told

pytestmark = pytest.mark.django_db
BODY = {"statement": "I took this picture myself."}


@pytest.fixture
def harbour() -> Client:
    made: Client = ClientFactory.create()
    return made


@pytest.fixture
def moderator() -> Person:
    return person(Role.MODERATOR)


def decided(client: Client, moderator: Person, label: str = "ai_generated") -> Submission:
    """Return a submission that the moderator decided, with everything told."""
    submission = judged(client, 0.6)
    services.decide(case_of(submission).pk, moderator, Choice(label))
    Event.objects.update(not_before=timezone.now())
    events.dispatch_due()
    return submission


def case_of(submission: Submission) -> Case:
    return Case.objects.get(submission=submission)


def shown(browser: Browser, secret: str, appeal_id: str) -> dict[str, Any]:
    found: dict[str, Any] = get(browser, secret, f"/api/v1/appeals/{appeal_id}").json()
    return found


def test_appeal_is_answered_whole_and_puts_its_case_on_top(client: Browser, harbour: Client) -> None:
    made, secret = key(harbour, ["submit"])
    submission = judged(harbour, external_id="post-42")

    answer = post(client, secret, submission, "appeals", BODY)

    appeal = Appeal.objects.get()
    assert answer.status_code == 201
    assert answer.json() == {
        "id": appeal.pk,
        "submission": submission.pk,
        "external_id": "post-42",
        "statement": "I took this picture myself.",
        "revision": 1,
        "state": "open",
        "outcome": None,
        "decision": None,
        "opened_at": answer.json()["opened_at"],
        "decided_at": None,
        "links": {
            "self": f"http://testserver/api/v1/appeals/{appeal.pk}",
            "submission": f"http://testserver/api/v1/submissions/{submission.pk}",
        },
    }
    assert answer["Location"] == answer.json()["links"]["self"]
    case = case_of(submission)
    assert (case.reason, case.priority, case.state) == (CaseReason.APPEAL, Priority.HIGH, CaseState.OPEN)
    assert Entry.objects.get(action="appeal.opened").actor == f"key:{made.pk}"


def test_appeal_is_told_with_its_verdict_and_without_the_authors_words(client: Browser, harbour: Client) -> None:
    submission = judged(harbour, external_id="post-42")

    post(client, key(harbour)[1], submission, "appeals", BODY)

    appeal = Appeal.objects.get()
    data = due(submission, "appeal.opened").body["data"]
    assert set(data) == {"appeal", "submission", "external_id", "verdict", "links"}
    assert data["appeal"]["id"] == appeal.pk
    assert (data["appeal"]["state"], data["appeal"]["outcome"]) == ("open", None)
    assert (data["submission"], data["external_id"]) == (submission.pk, "post-42")
    assert (data["verdict"]["label"], data["verdict"]["revision"]) == ("ai_generated", 1)
    assert data["links"]["self"].endswith(f"/api/v1/appeals/{appeal.pk}")
    assert "myself" not in str(data)


def test_second_appeal_is_a_conflict_while_the_first_is_open(client: Browser, harbour: Client) -> None:
    _, secret = key(harbour)
    submission = judged(harbour)
    post(client, secret, submission, "appeals", BODY)

    answer = post(client, secret, submission, "appeals", {"statement": "again"})

    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert Appeal.objects.get().statement == BODY["statement"]
    assert told(submission).count("appeal.opened") == 1


def test_first_decider_cannot_decide_the_appeal(client: Browser, harbour: Client, moderator: Person) -> None:
    submission = decided(harbour, moderator)
    post(client, key(harbour)[1], submission, "appeals", BODY)

    with pytest.raises(Problem, match="You made the decision"):
        services.decide(case_of(submission).pk, moderator, Choice("real"))

    assert case_of(submission).state == CaseState.OPEN
    assert Decision.objects.count() == 1
    assert Appeal.objects.get().decided_at is None
    assert standing(submission).revision == 2


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.LEAD, Role.ADMINISTRATOR])
def test_somebody_else_decides_it(client: Browser, harbour: Client, moderator: Person, role: Role) -> None:
    _, secret = key(harbour)
    submission = decided(harbour, moderator)
    appeal = post(client, secret, submission, "appeals", BODY).json()

    decision = services.decide(case_of(submission).pk, person(role), Choice("real"))

    body = shown(client, secret, appeal["id"])
    assert (body["state"], body["outcome"]) == ("decided", "upheld")
    assert (body["decision"]["id"], body["decision"]["label"]) == (decision.pk, "real")
    assert body["decided_at"] == body["decision"]["decided_at"]
    assert standing(submission).label == "real"


@pytest.mark.parametrize(("label", "outcome"), [("ai_generated", "rejected"), ("cannot_tell", "upheld")])
def test_appeal_is_upheld_when_label_or_action_changed(
    client: Browser, harbour: Client, moderator: Person, label: str, outcome: str
) -> None:
    submission = decided(harbour, moderator)
    post(client, key(harbour)[1], submission, "appeals", BODY)

    services.decide(case_of(submission).pk, person(Role.MODERATOR), Choice(label))

    assert Appeal.objects.get().outcome == outcome


def test_outcome_is_told_after_the_retraction_window(client: Browser, harbour: Client, moderator: Person) -> None:
    submission = judged(harbour, 0.6)
    post(client, key(harbour)[1], submission, "appeals", BODY)
    events.dispatch_due()

    services.decide(case_of(submission).pk, moderator, Choice("real"))

    event = due(submission, "appeal.decided")
    assert event.not_before > timezone.now()
    data = event.body["data"]
    assert (data["appeal"]["state"], data["appeal"]["outcome"]) == ("decided", "upheld")
    assert data["appeal"]["decision"] == Decision.objects.get().pk
    assert (data["verdict"]["label"], data["verdict"]["revision"]) == ("real", 2)
    assert events.dispatch_due() == 0


def test_undo_opens_the_appeal_again_and_tells_nothing(client: Browser, harbour: Client, moderator: Person) -> None:
    _, secret = key(harbour)
    submission = judged(harbour, 0.6)
    appeal = post(client, secret, submission, "appeals", BODY).json()
    events.dispatch_due()
    decision = services.decide(case_of(submission).pk, moderator, Choice("real"))

    services.undo(decision.pk, moderator)

    body = shown(client, secret, appeal["id"])
    assert (body["state"], body["outcome"], body["decision"], body["decided_at"]) == ("open", None, None, None)
    assert case_of(submission).state == CaseState.OPEN
    Event.objects.update(not_before=timezone.now())
    assert events.dispatch_due() == 0
    services.decide(case_of(submission).pk, moderator, Choice("edited"))
    assert Appeal.objects.get().outcome == "upheld"


def test_undo_is_refused_once_the_outcome_was_told(client: Browser, harbour: Client, moderator: Person) -> None:
    submission = judged(harbour, 0.6)
    post(client, key(harbour)[1], submission, "appeals", BODY)
    decision = services.decide(case_of(submission).pk, moderator, Choice("real"))
    Event.objects.filter(type="appeal.decided").update(not_before=timezone.now())
    events.dispatch_due()

    with pytest.raises(Problem, match="conflict"):
        services.undo(decision.pk, moderator)

    assert due(submission, "verdict.revised").retracted_at is None
    assert (Appeal.objects.get().outcome, standing(submission).label) == ("upheld", "real")


def test_undo_is_refused_once_a_new_appeal_was_opened(client: Browser, harbour: Client, moderator: Person) -> None:
    _, secret = key(harbour)
    submission = judged(harbour, 0.6)
    post(client, secret, submission, "appeals", BODY)
    decision = services.decide(case_of(submission).pk, moderator, Choice("edited"))
    assert post(client, secret, submission, "appeals", BODY).status_code == 201

    with pytest.raises(Problem, match="conflict"):
        services.undo(decision.pk, moderator)

    assert list(Appeal.objects.order_by("id").values_list("outcome", flat=True)) == ["upheld", ""]
    assert standing(submission).label == "edited"


def test_key_that_decided_cannot_decide_the_appeal_and_another_can(client: Browser, harbour: Client) -> None:
    _, first = key(harbour)
    _, second = key(harbour)
    submission = judged(harbour)
    post(client, first, submission, "decisions", {"label": "edited"})
    post(client, first, submission, "appeals", BODY)

    refused = post(client, first, submission, "decisions", {"label": "real"})

    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert Appeal.objects.get().decided_at is None
    assert post(client, second, submission, "decisions", {"label": "real"}).status_code == 201
    assert Appeal.objects.get().outcome == "upheld"
    assert due(submission, "appeal.decided").not_before <= timezone.now()


def test_key_may_decide_an_appeal_against_a_policy(client: Browser, harbour: Client) -> None:
    _, secret = key(harbour)
    submission = judged(harbour)
    post(client, secret, submission, "appeals", BODY)

    assert post(client, secret, submission, "decisions", {"label": "ai_generated"}).status_code == 201
    assert Appeal.objects.get().outcome == "rejected"


def test_who_undid_their_decision_may_decide_the_appeal(client: Browser, harbour: Client, moderator: Person) -> None:
    submission = judged(harbour, 0.6)
    services.undo(services.decide(case_of(submission).pk, moderator, Choice("edited")).pk, moderator)
    post(client, key(harbour)[1], submission, "appeals", BODY)

    services.decide(case_of(submission).pk, moderator, Choice("real"))

    assert Appeal.objects.get().outcome == "upheld"


def test_first_decider_is_led_past_the_appeal(client: Browser, harbour: Client, moderator: Person) -> None:
    appealed = decided(harbour, moderator)
    other, now = (case_of(judged(harbour, 0.6)) for _ in range(2))
    post(client, key(harbour)[1], appealed, "appeals", BODY)

    assert selectors.next_after(now, moderator) == other
    assert selectors.next_after(now, person(Role.MODERATOR)) == case_of(appealed)


def test_page_shows_the_appeal_and_bars_the_first_decider(client: Browser, harbour: Client, moderator: Person) -> None:
    submission = decided(harbour, moderator)
    post(client, key(harbour)[1], submission, "appeals", BODY)

    def page(reader: Person) -> str:
        client.force_login(reader, "django.contrib.auth.backends.ModelBackend")
        return client.get(f"/review/cases/{case_of(submission).pk}").content.decode()

    mine, theirs = page(moderator), page(person(Role.MODERATOR))
    assert "I took this picture myself." in mine
    assert "You made the decision that is appealed." in mine
    assert 'name="label"' not in mine
    assert 'name="label"' in theirs


def test_submission_without_a_verdict_cannot_be_appealed(client: Browser, harbour: Client) -> None:
    submission = SubmissionFactory.create(client=harbour)

    assert post(client, key(harbour)[1], submission, "appeals", BODY).status_code == 409
    assert not Appeal.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.parametrize("scopes", [["read"], ["decide"], ["manage"], ["learn", "models"]])
def test_key_without_submit_appeals_nothing(client: Browser, harbour: Client, scopes: list[str]) -> None:
    submission = judged(harbour)

    assert post(client, key(harbour, scopes)[1], submission, "appeals", BODY).status_code == 403
    assert not Appeal.objects.exists()


def test_foreign_key_appeals_and_sees_nothing(client: Browser, harbour: Client) -> None:
    _, foreign = key()
    submission = judged(harbour)
    appeal = post(client, key(harbour)[1], submission, "appeals", BODY).json()

    theirs = get(client, foreign, f"/api/v1/appeals/{appeal['id']}")
    absent = get(client, foreign, "/api/v1/appeals/apl_absent")

    assert (theirs.status_code, theirs.json()["detail"]) == (404, absent.json()["detail"])
    assert get(client, foreign, "/api/v1/appeals").json()["results"] == []
    assert post(client, foreign, submission, "appeals", BODY).status_code == 404
    assert Appeal.objects.count() == 1


@pytest.mark.parametrize("scopes", [["submit"], ["decide"], ["manage"]])
def test_key_without_read_sees_no_appeals(client: Browser, harbour: Client, scopes: list[str]) -> None:
    _, secret = key(harbour, scopes)

    assert get(client, secret, "/api/v1/appeals").status_code == 403
    assert get(client, secret, "/api/v1/appeals/apl_1").status_code == 403


@pytest.mark.parametrize(
    "body",
    [{}, *({"statement": text} for text in ("", "  ", 7, None, "x" * 4001, "a\x00b", ["a"]))],
)
def test_impossible_statement_is_422(client: Browser, harbour: Client, body: Any) -> None:
    answer = post(client, key(harbour)[1], judged(harbour), "appeals", body)

    assert (answer.status_code, [one["pointer"] for one in answer.json()["errors"]]) == (422, ["#/statement"])
    assert not Appeal.objects.exists()
    assert not Case.objects.exists()


def test_list_filters_by_state_outcome_and_submission(client: Browser, harbour: Client) -> None:
    _, secret = key(harbour)
    settled, waiting = judged(harbour), judged(harbour)
    for submission in (settled, waiting):
        post(client, secret, submission, "appeals", BODY)
    post(client, secret, settled, "decisions", {"label": "real"})

    def found(query: str) -> list[str]:
        return [one["submission"] for one in get(client, secret, f"/api/v1/appeals{query}").json()["results"]]

    assert found("") == [waiting.pk, settled.pk]
    assert found("?state=open") == [waiting.pk]
    assert found("?state=decided") == found("?outcome=upheld") == [settled.pk]
    assert found("?outcome=rejected") == []
    assert found(f"?submission={waiting.pk}&state=decided") == []
    assert get(client, secret, "/api/v1/appeals?outcome=maybe").status_code == 422


@pytest.mark.django_db(transaction=True)
def test_appeals_at_once_open_one() -> None:
    harbour = ClientFactory.create()
    made, _ = key(harbour)
    submission = judged(harbour)

    def appeal(_: int) -> str:
        try:
            objections.appeal(submission, made, "mine")
        except Problem as problem:
            return problem.code
        finally:
            connection.close()
        return "opened"

    with ThreadPoolExecutor(6) as pool:
        outcomes = sorted(pool.map(appeal, range(6)))

    assert outcomes == ["conflict"] * 5 + ["opened"]
    assert told(submission).count("appeal.opened") == 1


@pytest.mark.django_db(transaction=True)
def test_moderator_and_key_at_once_leave_a_closed_case_and_one_settled_appeal() -> None:
    harbour = ClientFactory.create()
    made, _ = key(harbour)
    submission = judged(harbour, 0.6)
    objections.appeal(submission, made, "mine")
    deciders = [person(Role.MODERATOR), made, person(Role.LEAD), made]

    def decide(by: Any) -> None:
        try:
            services.decide_submission(submission, by, Choice("real"))
        except Problem:
            pass
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(decide, deciders))

    assert case_of(submission).state == CaseState.DECIDED
    assert Appeal.objects.get().outcome == "upheld"
    assert told(submission).count("appeal.decided") == 1
    revisions = list(Decision.objects.order_by("revision").values_list("revision", flat=True))
    assert revisions == list(range(2, 2 + len(revisions)))
