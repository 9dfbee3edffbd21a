"""What the retention of pictures must spare: a case that is open needs its picture however old it is."""

from typing import Any

from django.db.models import QuerySet

from moderation.review.models import Case, CaseState


def waiting() -> QuerySet[Any]:
    """Return the ids of the submissions that people are to look at."""
    return Case.objects.filter(state=CaseState.OPEN).values("submission")
