"""How a person likes to work: keys, veils over pictures, language, breaks."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from moderation.clients import shortcuts
from moderation.clients.models import Person, Preferences

BREAKS: list[tuple[int, str | Promise]] = [
    (0, _("Never")),
    (30, _("After 30 min")),
    (45, _("After 45 min")),
    (60, _("After 60 min")),
    (90, _("After 90 min")),
]


def preferences_of(person: Person) -> Preferences:
    """Return the person's preferences, the usual ones where they never chose any; nothing is written."""
    return Preferences.objects.filter(person=person).first() or Preferences(person=person)


def keys_of(person: Person) -> dict[str, str]:
    """Return which key presses which action for this person."""
    return shortcuts.keys_with(preferences_of(person).keys)


def veil(own: str, usual: bool) -> bool:
    """Say whether a veil lies over pictures: as the person chose, else as is usual where they work."""
    return own == Preferences.Veil.ON if own else usual


def keep(kept: Preferences, given: Mapping[str, Any]) -> Preferences:
    """Keep ``blur``, ``grey``, ``break_minutes``, ``language`` and ``keys`` (action to key) of a valid form.

    Raises:
        ValueError: a key is none, or two actions share one.
    """
    keys = shortcuts.keys_with(given["keys"])
    if shortcuts.faults(keys):
        raise ValueError("These keys cannot be told apart.")
    kept.keys = shortcuts.differing(keys)
    kept.blur, kept.grey = given["blur"], given["grey"]
    kept.break_minutes, kept.language = given["break_minutes"], given["language"]
    kept.save()
    return kept


def keep_language(person: Person, language: str) -> None:
    """Keep the language in which the person reads the pages, and nothing else."""
    Preferences.objects.update_or_create(person=person, defaults={"language": language})


def forget_keys(kept: Preferences) -> None:
    """Give every action its usual key again."""
    kept.keys = {}
    kept.save()
