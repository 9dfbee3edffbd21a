"""The charts of the insight pages, each with its table, whose figures lead to what lies behind them."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from foundation import charts, figures
from foundation.charts import Cell, Chart, Line, Table
from foundation.figures import day_of_year, decimal
from foundation.statistics.drift import BINS
from moderation.insights import links
from moderation.insights.drifting import Scores
from moderation.insights.outcomes import Outcomes
from moderation.insights.scope import Scope
from moderation.insights.volume import Day, Waiting
from moderation.review.report import SWITCHES
from moderation.verdicts.models import Label

THIN = "\u202f"
WEEK = 7


def flow(scope: Scope, days: Sequence[Day]) -> Chart:
    """Draw what was decided against what was opened."""
    dates = [day.date for day in days]
    rows = [
        [
            Cell(_day(day.date)),
            _count(day.opened, links.cases(scope, opened=day.date.isoformat())),
            _count(day.decided, links.cases(scope, decided=day.date.isoformat())),
        ]
        for day in reversed(days)
    ]
    series = [
        Line(_("Decided"), _points([day.decided for day in days])),
        Line(_("Opened"), _points([day.opened for day in days]), kind="ref"),
    ]
    table = Table([_("Day"), _("Opened"), _("Decided")], rows)
    return charts.lines(_("Cases by day"), _("opened, and decided by people"), series, _dates(dates), table, least=2)


def ages(scope: Scope, waiting: Waiting) -> Chart:
    """Draw how long the open cases have waited."""
    names = [_("under 1 h"), _("1 to 4 h"), _("4 to 24 h"), _("1 to 3 days"), _("over 3 days")]
    axis = [((place + 0.5) / len(names), name) for place, name in enumerate(names)]
    rows = [
        [Cell(name), _count(count, links.cases(scope, age=str(place)))]
        for place, (name, count) in enumerate(zip(names, waiting.ages, strict=True))
    ]
    table = Table([_("Age"), _("Cases")], rows)
    return charts.histogram(_("Age of what waits"), _("open cases"), waiting.ages, axis, table, least=2)


def verdict(scope: Scope, outcomes: Outcomes, label: Label, title: str) -> Chart:
    """Draw how many submissions of each day have this verdict now."""
    days = list(outcomes.days.items())
    rows = [
        [Cell(_day(day)), _count(counts[label], links.of_day(scope, day, verdict=label))]
        for day, counts in reversed(days)
    ]
    series = [Line("", _points([counts[label] for _date, counts in days]))]
    table = Table([_("Day"), _("Submissions")], rows)
    return charts.lines(title, _("submissions by day"), series, _dates(list(outcomes.days)), table, mark=label, least=2)


def scores(scope: Scope, found: Scores) -> Chart:
    """Draw how one model's probabilities are distributed now and before, each as a share."""
    before, now = _shares(found.before), _shares(found.now)
    series = [
        Line(_("Last 7 days"), [((place + 0.5) / BINS, share) for place, share in enumerate(now)]),
        Line(_("Before"), [((place + 0.5) / BINS, share) for place, share in enumerate(before)], kind="ref"),
    ]
    axis = [(place / 4, decimal(f"{place / 4:g}")) for place in range(5)]
    title = f"{SWITCHES.get(found.model.role, found.model.role.capitalize())} {found.model.version}"
    rows = [
        [
            Cell(decimal(f"{place / BINS:.1f}–{(place + 1) / BINS:.1f}")),
            _count(found.before[place]),
            _count(found.now[place], links.explorer(scope, model=found.model.pk)),
        ]
        for place in range(BINS)
    ]
    table = Table([_("Probability"), _("28 days before"), _("Last 7 days")], rows)
    return charts.lines(title, _("per cent of scores, by probability"), series, axis, table)


def _points(values: Sequence[float]) -> list[charts.Point]:
    last = max(1, len(values) - 1)
    return [(place / last, float(value)) for place, value in enumerate(values)]


def _shares(counts: Sequence[int]) -> list[float]:
    total = sum(counts)
    return [100 * count / total for count in counts] if total else []


def _dates(days: Sequence[date]) -> list[tuple[float, str]]:
    last = max(1, len(days) - 1)
    step = 1 if len(days) <= WEEK else last / 4
    places = sorted({round(step * place) for place in range(min(len(days), WEEK if step == 1 else 5))})
    return [(place / last, day_of_year(days[place])) for place in places]


def _day(day: date) -> str:
    return figures.day(day)


def _count(value: int, href: str = "") -> Cell:
    return Cell(f"{value:,}".replace(",", THIN), href if value else "")
