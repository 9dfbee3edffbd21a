"""How a page says how long something still lasts, and when it is due."""

from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from assay.templatetags.evidence import absolute

register = template.Library()


@register.filter
def clock(seconds: int) -> str:
    """Return seconds as minutes and seconds, 4:05."""
    return f"{seconds // 60}:{seconds % 60:02}"


@register.filter
def due(at: datetime) -> SafeString:
    """Return when something is due in words, with the exact time on hover; what is late is marked."""
    left = at - timezone.now()
    return format_html(
        '<time class="{}" datetime="{}" title="{}">{}</time>',
        "due" if left < timedelta(0) else "",
        at.isoformat(timespec="seconds"),
        absolute(at),
        _said(left),
    )


def _said(left: timedelta) -> str:
    if left < timedelta(0):
        return _("overdue by %(span)s") % {"span": _span(-left)}
    return _("due in %(span)s") % {"span": _span(left)}


def _span(span: timedelta) -> str:
    minutes = int(span / timedelta(minutes=1))
    if minutes < 60:
        return _("%(n)d min") % {"n": minutes}
    hours = minutes // 60
    return _("%(n)d h") % {"n": hours} if hours < 48 else _("%(n)d days") % {"n": hours // 24}
