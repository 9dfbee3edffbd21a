"""How measured shares are written on pages."""

from django import template

register = template.Library()


@register.filter
def hundredths(value: float) -> str:
    """Return how many of 100 a share is: a counted frequency, which may be none or all."""
    return f"{round(100 * value)}"
