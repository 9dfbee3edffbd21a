"""The geometry of charts: scales that start at zero, bands, names that do not collide."""

import pytest

from foundation import charts
from foundation.charts import Band, Cell, Chart, Line, Table

NOTHING = Table([], [])


def drawn(*series: Line) -> Chart:
    return charts.lines("Error", "per cent", series, [(0.0, "Mon"), (0.5, "Tue"), (1.0, "Wed")], NOTHING)


def test_line_runs_from_the_floor_to_the_ceiling_of_a_round_scale() -> None:
    chart = drawn(Line("Now", [(0.0, 0.0), (0.5, 10.0), (1.0, 20.0)]))
    assert chart.strokes[0].points == "0.00,160.0 50.00,84.0 100.00,8.0"
    assert [(tick.at, tick.text) for tick in chart.levels] == [("160.0", "0"), ("84.0", "10"), ("8.0", "20")]
    assert chart.strokes[0].name_at == "12.0"


@pytest.mark.parametrize(
    ("highest", "top"), [(0.0, "1"), (0.3, "0.4"), (1.0, "1"), (2.1, "4"), (7, "8"), (430, "600"), (1200, "2k")]
)
def test_scale_ends_at_the_next_round_number(highest: float, top: str) -> None:
    assert drawn(Line("Now", [(0.0, 0.0), (1.0, highest)])).levels[-1].text == top


def test_band_goes_out_along_its_upper_end_and_back_along_its_lower_and_counts_for_the_scale() -> None:
    line = Line("Now", [(0.0, 5.0), (1.0, 5.0)], band=[Band(0.0, 0.0, 10.0), Band(1.0, 5.0, 10.0)])
    chart = drawn(line)
    assert chart.strokes[0].band == "0.00,8.0 100.00,8.0 100.00,84.0 0.00,160.0"
    assert chart.levels[-1].text == "10"


def test_line_of_one_point_is_a_level() -> None:
    chart = drawn(Line("Limit", [(0.3, 1.0)], kind="ref"))
    assert (chart.strokes[0].kind, chart.strokes[0].points) == ("ref", "0.00,8.0 100.00,8.0")


def test_names_of_lines_that_end_together_stand_apart_and_in_order() -> None:
    chart = drawn(Line("Low", [(0.0, 0), (1.0, 9.9)]), Line("High", [(0.0, 0), (1.0, 10.0)], kind="other"))
    low, high = (float(stroke.name_at) for stroke in chart.strokes)
    assert low - high == pytest.approx(14, abs=0.2)


def test_line_without_points_is_left_out() -> None:
    assert [stroke.name for stroke in drawn(Line("None", []), Line("Some", [(0.0, 1.0)])).strokes] == ["Some"]


def test_outermost_words_of_the_axis_stay_within_the_plot() -> None:
    assert [tick.anchor for tick in drawn().axis] == ["start", "middle", "end"]


def test_columns_share_the_width_and_stand_on_the_floor() -> None:
    chart = charts.histogram("Age", "cases", [1.0, 2.0], [], Table(["Age"], [[Cell("0 to 1 h")]]))
    assert [(one.x, one.width, one.y, one.height) for one in chart.columns] == [
        ("6.00", "38.00", "84.0", "76.0"),
        ("56.00", "38.00", "8.0", "152.0"),
    ]


def test_scale_of_counts_has_no_halves() -> None:
    levels = charts.histogram("Age", "cases", [1.0], [], NOTHING, least=2).levels
    assert [tick.text for tick in levels] == ["0", "1", "2"]


def test_room_for_names_is_kept_only_where_a_line_has_one() -> None:
    points = [(0.0, 1.0), (1.0, 2.0)]
    assert [drawn(Line(name, points)).named for name in ("Now", "")] == [True, False]


def test_chart_of_nothing_has_a_scale() -> None:
    assert charts.histogram("Age", "cases", [], [], NOTHING).levels[-1].text == "1"
