"""What review does with events: it opens cases."""

from collections.abc import Sequence

from moderation.events.models import Event
from moderation.review.models import CaseReason
from moderation.review.services import asking, open_by_policy, open_case


def open_cases(events: Sequence[Event]) -> None:
    """Consume events: open a case where the analysis failed, or where the policy asks for a person."""
    wanted = asking([event.subject for event in events if event.type == "submission.analysed"])
    for event in events:
        if event.type == "submission.failed":
            open_case(event.subject, CaseReason.FAILED)
        elif event.subject in wanted:
            open_by_policy(event.subject)
