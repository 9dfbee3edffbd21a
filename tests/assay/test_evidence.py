"""How evidence is written: shapes with words, numbers that never claim certainty, times with the exact one beside."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from assay.templatetags import evidence

NOW = datetime(2026, 11, 21, 9, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.934, "0.93"), (0.5, "0.50"), (0.0, "<0.01"), (0.0099, "<0.01"), (0.991, ">0.99"), (1.0, ">0.99"), (None, "–")],
)
def test_probability_has_two_decimals_and_never_reaches_its_ends(value: float | None, text: str) -> None:
    assert evidence.probability(value) == text


@pytest.mark.parametrize(("value", "text"), [(0.0, "1"), (0.004, "1"), (0.5, "50"), (0.999, "99"), (1.0, "99")])
def test_percentage_is_whole_and_never_certain(value: float, text: str) -> None:
    assert evidence.percentage(value) == f"{text}\u202f%"


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (999, "999"), (4210, "4\u202f210"), (1_234_567, "1\u202f234\u202f567")]
)
def test_thousands_are_parted_by_thin_spaces(value: int, text: str) -> None:
    assert evidence.thin(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(1, "1\u202fkB"), (85_400, "85\u202fkB"), (20_000_000, "20\u202fMB"), (1_250_000, "1.2\u202fMB")],
)
def test_bytes_are_said_in_kilobytes_or_megabytes(value: int, text: str) -> None:
    assert evidence.size(value) == text


@pytest.mark.parametrize(
    ("before", "text"),
    [
        (timedelta(seconds=3), "just now"),
        (timedelta(seconds=59), "59\u202fs ago"),
        (timedelta(seconds=60), "1\u202fmin ago"),
        (timedelta(minutes=59, seconds=59), "59\u202fmin ago"),
        (timedelta(hours=1), "1\u202fh ago"),
        (timedelta(hours=23, minutes=59), "23\u202fh ago"),
        (timedelta(days=1), "20 Nov 2026, 09:12 UTC"),
    ],
)
def test_time_is_relative_for_a_day(before: timedelta, text: str) -> None:
    assert evidence.relative(NOW - before, NOW) == text


def test_time_carries_the_exact_one_for_hover_and_machines() -> None:
    html = evidence.ago(datetime(2026, 11, 2, 8, 5, tzinfo=UTC))

    assert 'datetime="2026-11-02T08:05:00Z"' in html
    assert 'title="2 Nov 2026, 08:05 UTC"' in html
    assert evidence.ago(None) == ""


@pytest.mark.parametrize(
    ("label", "decided_by", "shape", "word"),
    [
        ("real", "policy", "real", "No sign"),
        ("real", "person", "real", "Real"),
        ("ai_generated", "policy", "ai", "AI-generated"),
        ("edited", "person", "edited", "Edited"),
        ("uncertain", "policy", "uncertain", "Uncertain"),
        ("uncertain", "person", "uncertain", "Cannot tell"),
        ("cannot_tell", "person", "uncertain", "Cannot tell"),
    ],
)
def test_chip_has_shape_and_word_and_says_who_spoke(label: str, decided_by: str, shape: str, word: str) -> None:
    html = evidence.chip(label, decided_by)

    assert html.startswith(f'<span class="chip" data-v="{shape}">')
    assert f'href="#g-{shape}"' in html
    assert html.endswith(f"{word}</span>")


def test_unknown_label_is_shown_as_it_is_and_escaped() -> None:
    html = evidence.chip("<new>")

    assert "&lt;new&gt;" in html
    assert 'data-v="uncertain"' in html


def test_action_has_form_and_word_but_no_verdict_colour() -> None:
    html = evidence.action_chip("block")

    assert "#i-block" in html
    assert "Block" in html
    assert "data-v" not in html


def test_score_bar_says_value_and_zone_in_words() -> None:
    drawn = evidence.score_bar("uncertain", 0.58, {"review": 0.35, "label": 0.8, "block": None})

    assert drawn["words"] == "Probability 0.58. No class is named between 0.35 and 0.80."
    assert (drawn["v"], drawn["review"], drawn["upper"]) == ("uncertain", 0.35, 0.8)
    assert drawn["zone"] == pytest.approx(0.45)


def test_score_bar_speaks_its_ends_without_signs() -> None:
    limits = {"review": 0.35, "label": 0.8}

    assert evidence.score_bar("real", 0.0, limits)["words"].startswith("Probability below 0.01.")
    assert evidence.score_bar("edited", 1.0, limits)["words"].startswith("Probability above 0.99.")


@pytest.mark.parametrize(("value", "length"), [(0.0, "0.00%"), (0.935, "93.50%"), (1.2, "100.00%"), (-0.1, "0.00%")])
def test_share_is_a_length_within_the_bar(value: float, length: str) -> None:
    assert evidence.share(value) == length


def test_short_identifier_is_its_end() -> None:
    assert evidence.short("case_01k9zv3m2w7p4q8r5t6y1x0abc") == "1x0abc"[-6:]


def test_figures_and_times_are_written_as_the_language_writes_them() -> None:
    with translation.override("de"):
        assert evidence.probability(0.934) == "0,93"
        assert evidence.probability(1.0) == ">0,99"
        assert evidence.size(1_250_000) == "1,2\u202fMB"
        assert evidence.relative(NOW - timedelta(minutes=5), NOW) == "vor 5\u202fmin"
        assert evidence.relative(NOW - timedelta(days=30), NOW) == "22. Oktober 2026, 09:12 UTC"
        assert evidence.moment(NOW, "seconds") == "21. November 2026, 09:12:30 UTC"
        assert evidence.share(0.935) == "93.50%"
        assert evidence.score_bar("edited", 1.0, {"review": 0.35, "label": 0.8})["words"].startswith(
            "Wahrscheinlichkeit über 0,99."
        )
