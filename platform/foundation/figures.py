"""Figures and days as the reader's language writes them."""

from datetime import date

from django.utils.dateformat import format as formatted
from django.utils.formats import get_format
from django.utils.translation import pgettext


def decimal(number: str) -> str:
    """Return a written number with the decimal mark of the reader's language."""
    return number.replace(".", str(get_format("DECIMAL_SEPARATOR")))


def day(at: date) -> str:
    """Return a day with its year, the month in letters."""
    return formatted(at, pgettext("a day; see Django's date filter", "j M Y"))


def day_of_year(at: date) -> str:
    """Return a day without its year, short enough for an axis."""
    return formatted(at, pgettext("a day without its year; see Django's date filter", "j M"))
