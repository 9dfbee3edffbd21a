from django.db.models import TextChoices


class EventType(TextChoices):
    """What can be told (HTTP.md, "Webhook bodies")."""

    SUBMISSION_ANALYSED = "submission.analysed"
    SUBMISSION_FAILED = "submission.failed"
    VERDICT_REVISED = "verdict.revised"
    CASE_ESCALATED = "case.escalated"
    APPEAL_OPENED = "appeal.opened"
    APPEAL_DECIDED = "appeal.decided"
    MODEL_PROMOTED = "model.promoted"
    PING = "ping"
