from django.db.models import TextChoices


class EventType(TextChoices):
    """What can be told (HTTP.md, "Webhook bodies"; ``endpoint.disabled`` is told to a client's other endpoints)."""

    SUBMISSION_ANALYSED = "submission.analysed"
    SUBMISSION_FAILED = "submission.failed"
    VERDICT_REVISED = "verdict.revised"
    CASE_ESCALATED = "case.escalated"
    APPEAL_OPENED = "appeal.opened"
    APPEAL_DECIDED = "appeal.decided"
    MODEL_PROMOTED = "model.promoted"
    ENDPOINT_DISABLED = "endpoint.disabled"
    PING = "ping"
