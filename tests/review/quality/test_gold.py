"""Known answers: who may put them in, which pictures can be one, and what is logged."""

import pytest

from foundation.problems import Problem
from moderation.audit.models import Entry
from moderation.clients.models import Role
from moderation.review.models import GoldAnswer
from moderation.review.quality import gold
from moderation.review.services import Choice
from tests.factories import ClientFactory, SubmissionFactory, person
from tests.review.quality.reviews_for_tests import pictured

pytestmark = pytest.mark.django_db


def test_lead_puts_a_known_answer_in() -> None:
    lead, submission = person(Role.LEAD), pictured()
    answer = gold.put_in(submission.pk, lead, Choice("ai_generated", note="Made with our own generator."))

    assert (answer.label, answer.why, answer.set_by) == ("ai_generated", "Made with our own generator.", lead)
    entry = Entry.objects.get(action="gold.put_in")
    assert (entry.actor, entry.object_id, entry.data["label"]) == (lead.actor(), submission.pk, "ai_generated")


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MODERATOR, Role.AUDITOR])
def test_others_may_not(role: Role) -> None:
    with pytest.raises(Problem) as refused:
        gold.put_in(pictured().pk, person(role), Choice("real"))

    assert refused.value.code == "forbidden"
    assert not GoldAnswer.objects.exists()


@pytest.mark.parametrize("given", ["sub_none", "", "\x00", "' OR 1=1"])
def test_submission_that_never_was_is_not_found(given: str) -> None:
    with pytest.raises(Problem) as refused:
        gold.put_in(given, person(Role.LEAD), Choice("real"))

    assert refused.value.code == "not-found"


def test_client_that_is_not_seen_is_as_if_it_were_not_there() -> None:
    lead = person(Role.LEAD, sees_every_client=False)
    answer = gold.put_in(pictured().pk, person(Role.LEAD), Choice("real"))

    for attempt in (lambda: gold.put_in(pictured().pk, lead, Choice("real")), lambda: gold.retire(answer.pk, lead)):
        with pytest.raises(Problem) as refused:
            attempt()
        assert refused.value.code == "not-found"
    answer.refresh_from_db()
    assert answer.retired_at is None


def test_label_that_cannot_be_is_refused() -> None:
    with pytest.raises(Problem) as refused:
        gold.put_in(pictured().pk, person(Role.LEAD), Choice("uncertain"))

    assert refused.value.code == "invalid"


def test_submission_without_a_picture_cannot_be_one() -> None:
    submission = SubmissionFactory.create(client=ClientFactory.create(), image=None)

    with pytest.raises(Problem) as refused:
        gold.put_in(submission.pk, person(Role.LEAD), Choice("real"))

    assert refused.value.code == "conflict"


def test_answer_in_use_is_not_replaced_unseen_and_a_retired_one_comes_back() -> None:
    lead, submission = person(Role.LEAD), pictured()
    answer = gold.put_in(submission.pk, lead, Choice("real"))

    with pytest.raises(Problem, match="known already"):
        gold.put_in(submission.pk, lead, Choice("edited"))
    assert gold.retire(answer.pk, lead)
    assert not gold.retire(answer.pk, lead)

    again = gold.put_in(submission.pk, lead, Choice("edited"))
    assert (again.pk, again.label, again.retired_at) == (answer.pk, "edited", None)
