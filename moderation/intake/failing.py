"""Who tells that a submission failed: an app above, which writes verdicts and events, registers when it starts."""

from collections.abc import Callable

from moderation.intake.models import Submission

Teller = Callable[[Submission, str, str], object]
_tellers: list[Teller] = []


def register(teller: Teller) -> None:
    """Have ``teller`` called with the submission, a problem's slug and its detail; a second one takes its place."""
    _tellers[:] = [teller]


def fail(submission: Submission, code: str, detail: str) -> None:
    """Have the submission marked as failed, and told so, in the caller's transaction."""
    for tell in _tellers:
        tell(submission, code, detail)
