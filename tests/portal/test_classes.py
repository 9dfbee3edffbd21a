"""Probabilities for each class: the strongest model's for what was looked for, and what that leaves for "neither"."""

import pytest

from moderation.intake.models import Submission
from moderation.portal.classes import ClassView, classes_of
from moderation.verdicts import services as verdicts
from moderation.verdicts.models import Finding
from tests.factories import SubmissionFactory, said

pytestmark = pytest.mark.django_db
RAN = {"general": "mdl_1", "face": "mdl_2", "edited": "mdl_3"}


def looked_at(*found: tuple[str, float]) -> Submission:
    submission: Submission = SubmissionFactory.create()
    box = [1, 2, 3, 4]
    verdicts.record_analysis(
        submission, [said(value, role, box if role == "face" else None) for role, value in found], RAN
    )
    return submission


def values(views: list[ClassView]) -> dict[str, float]:
    return {view.label: round(view.probability, 4) for view in views}


def test_each_class_has_its_strongest_model_and_neither_what_that_leaves() -> None:
    found = classes_of(looked_at(("general", 0.3), ("face", 0.2), ("face", 0.93), ("edited", 0.05)))

    assert values(found) == {"ai_generated": 0.93, "edited": 0.05, "real": 0.07}
    assert [str(view.name) for view in found] == ["AI-generated", "Edited", "Neither"]


def test_neither_follows_from_editing_where_that_is_the_strongest_sign() -> None:
    assert values(classes_of(looked_at(("general", 0.1), ("edited", 0.8)))) == {
        "ai_generated": 0.1,
        "edited": 0.8,
        "real": 0.2,
    }


def test_zone_is_that_of_the_model_that_spoke_and_turned_round_for_neither() -> None:
    submission = looked_at(("general", 0.9))
    limits = Finding.objects.get().thresholds

    named, neither = classes_of(submission)

    assert named.thresholds == {"review": limits["review"], "label": limits["label"]}
    assert neither.thresholds == {"review": 1 - limits["label"], "label": 1 - limits["review"]}


def test_class_that_nobody_looked_for_is_not_named() -> None:
    assert set(values(classes_of(looked_at(("edited", 0.4))))) == {"edited", "real"}


def test_nothing_is_said_where_no_model_spoke() -> None:
    assert classes_of(SubmissionFactory.create()) == []
