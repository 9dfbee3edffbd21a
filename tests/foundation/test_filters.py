"""Filters: known ones narrow, unknown ones and impossible values are refused by name."""

import pytest

from foundation import filters
from foundation.problems import Problem
from moderation.intake.models import Submission
from tests.factories import SubmissionFactory

pytestmark = pytest.mark.django_db
KNOWN = {
    "external_id": filters.exactly("external_id"),
    "side": filters.choice("side", {"left": {"external_id": "a"}, "right": {"external_id__in": ["b", "c"]}}),
}


def found(**query: str) -> list[str | None]:
    rows = filters.narrowed(Submission.objects.order_by("external_id"), query, KNOWN)
    return [row.external_id for row in rows]


@pytest.fixture(autouse=True)
def _three() -> None:
    for external_id in ("a", "b", "c"):
        SubmissionFactory.create(external_id=external_id)


def test_without_filters_every_row_passes() -> None:
    assert found() == ["a", "b", "c"]


def test_parameters_of_paging_are_no_filters() -> None:
    assert found(limit="1", before="x", after="y") == ["a", "b", "c"]


def test_filters_narrow_together() -> None:
    assert found(external_id="b") == ["b"]
    assert found(side="right") == ["b", "c"]
    assert found(side="right", external_id="c") == ["c"]
    assert found(side="left", external_id="c") == []


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"colour": "red"}, "colour"),
        ({"side": "up"}, "side"),
        ({"side": ""}, "side"),
        ({"external_id": "a\x00"}, "external_id"),
        ({"colour": "\x00"}, "colour"),
    ],
)
def test_what_cannot_be_is_refused_by_name(query: dict[str, str], parameter: str) -> None:
    with pytest.raises(Problem) as refusal:
        found(**query)

    assert (refusal.value.code, refusal.value.errors[0]["parameter"]) == ("invalid", parameter)
