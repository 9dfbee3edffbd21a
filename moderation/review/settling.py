"""What a decision settles: the reports and the appeal that were open, until it is undone."""

from datetime import timedelta

from django.utils import timezone

from moderation.events import services as events
from moderation.review import told
from moderation.review.models import Appeal, Decision, Outcome, Report
from moderation.verdicts.models import Verdict


def settle(decision: Decision, verdict: Verdict, hold: timedelta) -> None:
    """Settle what is open on the decision's submission; ``appeal.decided`` is told after ``hold``."""
    Report.objects.filter(submission=decision.submission_id, decision=None).update(decision=decision)
    appeal = Appeal.objects.filter(submission=decision.submission_id, decided_at=None).first()
    if appeal:
        _decide(appeal, decision, verdict, hold)


def _decide(appeal: Appeal, decision: Decision, verdict: Verdict, hold: timedelta) -> None:
    appeal.decision, appeal.decided_at = decision, decision.decided_at
    appeal.outcome = _outcome(appeal, verdict)
    not_before = timezone.now() + hold if hold else None
    submission = decision.submission
    event = events.record(
        submission.client, "appeal.decided", submission.pk, told.appeal(appeal), not_before=not_before
    )
    appeal.event_id = event.pk
    appeal.save(update_fields=["decision", "decided_at", "outcome", "event_id"])


def _outcome(appeal: Appeal, verdict: Verdict) -> Outcome:
    """Upheld where the label or the action is another than the one that was appealed."""
    appealed = Verdict.objects.get(submission=appeal.submission_id, revision=appeal.revision)
    same = (appealed.label, appealed.action) == (verdict.label, verdict.action)
    return Outcome.REJECTED if same else Outcome.UPHELD


def unsettle(decision: Decision) -> bool:
    """Open again what the decision had settled; return False where that is told already or a newer appeal is open."""
    Report.objects.filter(decision=decision).update(decision=None)
    settled = Appeal.objects.filter(decision=decision)
    if not all(events.retract(event) for event in settled.values_list("event_id", flat=True)):
        return False
    if settled.exists() and Appeal.objects.filter(submission=decision.submission_id, decided_at=None).exists():
        return False
    settled.update(decision=None, decided_at=None, outcome="", event_id="")
    return True
