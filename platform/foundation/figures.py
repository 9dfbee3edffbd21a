"""Figures as the reader's language writes them."""

from django.utils.formats import get_format


def decimal(number: str) -> str:
    """Return a written number with the decimal mark of the reader's language."""
    return number.replace(".", str(get_format("DECIMAL_SEPARATOR")))
