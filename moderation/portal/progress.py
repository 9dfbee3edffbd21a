"""How far an analysis is, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from moderation.intake.models import State, Submission

LONG = timedelta(seconds=20)
Words = str | Promise


@dataclass(frozen=True)
class Step:
    """One step; ``state`` is ``done``, ``now`` or ``todo`` and is said in words beside its name."""

    name: Words
    state: str
    words: Words


FETCHED: Sequence[Words] = (_("Fetched from its address"),)
JUDGED: Sequence[Words] = (_("Waiting for its turn"), _("Looked at by the models"), _("Verdict"))
RECEIVED: Sequence[Words] = (_("Received"),)
WORDS: dict[str, Words] = {"done": _("Done"), "now": _("Now"), "todo": _("Not yet")}


def steps(submission: Submission) -> list[Step]:
    """Return the steps of an analysis that is under way or over; a picture given by its address is fetched first."""
    names = [*RECEIVED, *(FETCHED if submission.url else ()), *JUDGED]
    running = _running(submission, len(names))
    return [_step(name, number, running) for number, name in enumerate(names)]


def _running(submission: Submission, last: int) -> int:
    if submission.state == State.QUEUED:
        return 1 if is_fetched_now(submission) else last - len(JUDGED)
    return last - len(JUDGED) + 1 if submission.state == State.ANALYSING else last


def _step(name: Words, number: int, running: int) -> Step:
    state = "done" if number < running else "now" if number == running else "todo"
    return Step(name, state, WORDS[state])


def is_fetched_now(submission: Submission) -> bool:
    return bool(submission.url) and submission.image_id is None


def stage_of(submission: Submission) -> str:
    """Return what the polling page compares: it is told only when this changes."""
    stage = "fetching" if submission.state == State.QUEUED and is_fetched_now(submission) else submission.state
    return f"{stage}-long" if takes_long(submission) else stage


def takes_long(submission: Submission) -> bool:
    """Say whether the submission waits for longer than a working installation makes it wait."""
    return submission.state == State.QUEUED and timezone.now() - submission.created_at > LONG
