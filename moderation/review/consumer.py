"""What review does with events: it opens cases."""

from collections.abc import Sequence

from moderation.events.models import Event
from moderation.review.services import open_for
from moderation.verdicts.models import Action, DecidedBy, Verdict


def open_cases(events: Sequence[Event]) -> None:
    """Consume events: look at all verdicts at once, and open cases where one is due."""
    analysed = [event.subject for event in events if event.type == "submission.analysed"]
    asking = set(
        Verdict.objects.filter(
            submission__in=analysed,
            is_current=True,
            decided_by=DecidedBy.POLICY,
            action__in=[Action.REVIEW, Action.BLOCK],
        ).values_list("submission", flat=True)
    )
    for event in events:
        if event.type == "submission.failed" or event.subject in asking:
            open_for(event)
