"""How far an analysis is, in words."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from moderation.intake.models import State, Submission

LONG = timedelta(seconds=20)


@dataclass(frozen=True)
class Step:
    """One step; ``state`` is ``done``, ``now`` or ``todo`` and is said in words beside its name."""

    name: str
    state: str
    words: str


NAMES = ("Received", "Waiting for its turn", "Looked at by the models", "Verdict")
DONE_BEFORE = {State.QUEUED: 1, State.ANALYSING: 2}
WORDS = {"done": "Done", "now": "Now", "todo": "Not yet"}


def steps(submission: Submission) -> list[Step]:
    """Return the steps of an analysis that is under way or over."""
    running = DONE_BEFORE.get(State(submission.state), len(NAMES))
    return [_step(name, number, running) for number, name in enumerate(NAMES)]


def _step(name: str, number: int, running: int) -> Step:
    state = "done" if number < running else "now" if number == running else "todo"
    return Step(name, state, WORDS[state])


def stage_of(submission: Submission) -> str:
    """Return what the polling page compares: it is told only when this changes."""
    return f"{submission.state}-long" if takes_long(submission) else submission.state


def takes_long(submission: Submission) -> bool:
    """Say whether the submission waits for longer than a working installation makes it wait."""
    return submission.state == State.QUEUED and timezone.now() - submission.created_at > LONG
