"""How a page says which key presses which button: for scripts, for assistive technology, and for the eye."""

from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString

from moderation.clients import shortcuts

register = template.Library()


@register.simple_tag(takes_context=True)
def key(context: dict[str, Any], action: str) -> SafeString:
    """Return the attributes of the button that ``action``'s key presses."""
    pressed = context["shortcut_keys"][action]
    return format_html('data-key="{}" aria-keyshortcuts="{}"', pressed, shortcuts.spoken(pressed))


@register.simple_tag(takes_context=True)
def keycap(context: dict[str, Any], action: str) -> SafeString:
    """Return the key as it stands on the button."""
    return format_html('<kbd aria-hidden="true">{}</kbd>', context["shortcut_keys"][action].upper())


@register.simple_tag(takes_context=True)
def key_list(context: dict[str, Any]) -> list[tuple[str, str | Promise]]:
    """Return each key with what it does."""
    return [(context["shortcut_keys"][action].upper(), shortcuts.NAMES[action]) for action in shortcuts.USUAL]
