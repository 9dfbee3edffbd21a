"""What is left of an erased submission in deliveries: that they were made, not what they carried or were answered."""

from moderation.intake.erasers import Traces
from moderation.intake.models import Submission
from moderation.webhooks.models import Attempt, Delivery, State


def erase(submission: Submission) -> Traces:
    """Stop the deliveries of the submission's events that are under way, and empty what receivers answered."""
    mine = Delivery.objects.filter(event__subject=submission.pk)
    mine.filter(state=State.PENDING).update(state=State.FAILED, token=None, leased_until=None)
    emptied = Attempt.objects.filter(delivery__in=mine).exclude(response_excerpt="").update(response_excerpt="")
    return Traces(["webhook replies"] if emptied else [])
