"""What in quality control is for leads and administrators."""

from django.utils.translation import gettext_noop as _

from foundation.problems import Problem
from moderation.clients.models import Person
from moderation.review import rights


def may_lead(person: Person) -> bool:
    return person.may_review() and rights.is_senior(person)


def require(person: Person) -> None:
    """Let leads and administrators through.

    Raises:
        Problem: ``forbidden``.
    """
    if not may_lead(person):
        raise Problem("forbidden", _("A lead or an administrator does this."))
