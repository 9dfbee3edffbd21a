"""What is left of an erased submission in deliveries: that they were made, not what they carried or were answered."""

from moderation.intake.erasers import Traces
from moderation.intake.models import Submission
from moderation.webhooks import claims
from moderation.webhooks.models import Attempt, Delivery


def erase(submission: Submission) -> Traces:
    """Stop the deliveries of the submission's events that are under way, and empty what receivers answered."""
    mine = Delivery.objects.filter(event__subject=submission.pk)
    claims.abandon(mine)
    emptied = Attempt.objects.filter(delivery__in=mine).exclude(response_excerpt="").update(response_excerpt="")
    return Traces(["webhook replies"] if emptied else [])
