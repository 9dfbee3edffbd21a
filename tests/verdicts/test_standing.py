"""A submission's row says what is held of it, whatever happened to its verdict."""

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import connection

from moderation.intake.models import Submission
from moderation.intake.words import asked
from moderation.verdicts import services, standing
from moderation.verdicts.models import Verdict
from tests.factories import SubmissionFactory, said

pytestmark = pytest.mark.django_db
RAN = {"general": "mdl_1", "face": "mdl_2"}
FILL = import_module("moderation.verdicts.migrations.0005_fill_standing").FILL
HELD = (
    "verdict_label",
    "verdict_action",
    "decided_by",
    "confidence",
    "policy_label",
    "highest",
    "disagreement",
    "models_run",
    "has_match",
    "human_label",
    "notes",
)


def decision(label: str) -> dict[str, Any]:
    return {"id": "dec_1", "label": label, "reason_code": None, "decided_at": "2026-11-21T09:00:00.000000Z"}


def held(submission: Submission) -> tuple[Any, ...]:
    return tuple(Submission.objects.values_list(*HELD).get(pk=submission.pk))


def analysed(**fields: Any) -> Submission:
    submission = SubmissionFactory.create(**fields)
    services.record_analysis(submission, [said(0.75), said(0.125, "face"), said(0.5, "face")], RAN)
    return submission


def test_waiting_submission_holds_nothing() -> None:
    assert held(SubmissionFactory.create()) == ("", "", "", None, "", None, None, [], False, "", "")


def test_analysis_is_held_with_each_roles_most_suspect_face() -> None:
    submission = analysed()

    verdict = Verdict.objects.get()
    expected = (verdict.label, verdict.action, "policy", verdict.confidence, verdict.label)
    assert held(submission) == (*expected, 0.75, 0.25, ["mdl_1", "mdl_2"], False, "", "")


def test_one_role_alone_disagrees_with_nobody() -> None:
    submission = SubmissionFactory.create()
    services.record_analysis(submission, [said(0.5)], {"general": "mdl_1"})

    submission.refresh_from_db()
    assert (submission.highest, submission.disagreement) == (0.5, None)


def test_persons_verdict_is_held_beside_the_policys_label() -> None:
    submission = analysed()
    before = Verdict.objects.get().label
    verdict, _ = services.revise_by_person(
        submission, "cannot_tell", decision("cannot_tell"), timedelta(0), "Too dark."
    )

    submission.refresh_from_db()
    assert (submission.verdict_label, submission.decided_by, submission.confidence) == ("uncertain", "person", None)
    assert (submission.human_label, submission.policy_label) == ("cannot_tell", before)
    assert (submission.reviewed_at, submission.notes) == (verdict.decided_at, "Too dark.")
    assert (submission.highest, submission.models_run) == (0.75, ["mdl_1", "mdl_2"])


def test_undone_decision_is_held_no_more_but_its_note_stays_to_be_found() -> None:
    submission = analysed()
    before = held(submission)
    services.revise_by_person(submission, "real", decision("real"), timedelta(0), "Known source.")
    services.restore(submission, 1, untold=True)

    assert held(submission) == (*before[:-1], "Known source.")
    assert Submission.objects.get().reviewed_at is None


def test_undoing_to_no_verdict_holds_nothing_again() -> None:
    submission = SubmissionFactory.create()
    services.record_failure(submission, "internal", "It stopped.")
    services.revise_by_person(submission, "edited", decision("edited"), timedelta(0))
    assert held(submission)[:3] == ("edited", "label", "person")

    services.restore(submission, None, untold=True)

    assert held(submission) == ("", "", "", None, "", None, None, [], False, "", "")


def test_migration_fills_rows_as_the_services_write_them() -> None:
    judged, decided, waiting = analysed(), analysed(), SubmissionFactory.create()
    services.revise_by_person(decided, "edited", decision("edited"), timedelta(0))
    before = [held(one) for one in (judged, decided, waiting)]
    reviewed = Submission.objects.get(pk=decided.pk).reviewed_at
    blank = {**standing.NONE, "policy_label": "", "highest": None, "disagreement": None, "models_run": []}
    Submission.objects.update(**blank)

    with connection.cursor() as cursor:
        cursor.execute(FILL)

    assert [held(one) for one in (judged, decided, waiting)] == before
    assert Submission.objects.get(pk=decided.pk).reviewed_at == reviewed


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("img", True),
        ("1234", True),
        ("IMG_1234.jpg", True),
        ("post-42 sunset", True),
        ("suns", True),
        ("unset", False),
        ("O'Brien", True),
        ("'); DROP --", False),
        ("straß", True),
    ],
)
def test_words_and_their_beginnings_are_found(typed: str, found: bool) -> None:
    SubmissionFactory.create(external_id="post-42", file_name="IMG_1234.jpg", notes="Sunset by O'Brien, Straße 5%")

    assert Submission.objects.filter(words=asked(typed)).exists() is found


@pytest.mark.parametrize("typed", ["", "  ", "-_.'", "\x00", "%"])
def test_punctuation_asks_for_nothing(typed: str) -> None:
    assert asked(typed) is None
