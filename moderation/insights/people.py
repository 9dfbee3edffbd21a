"""How much each reviewer did, how long it took, and how far they agree with others."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from moderation.clients.models import Person
from moderation.insights.scope import Scope
from moderation.review.models import CaseKind, Decision, Judgement
from moderation.review.quality import selectors as quality
from moderation.review.quality.selectors import Standing

SECOND, FIRST, KNOWN = _("Second reviewer"), _("First reviewer"), _("Known answer")
LONGEST = 1800  # seconds; who took longer had left the screen


@dataclass(frozen=True)
class Reviewer:
    """One person: decisions and judgements, those undone, the median seconds from claim to answer, and agreement."""

    person: Person
    answers: int
    undone: int
    seconds: float | None
    standing: Standing | None


@dataclass(frozen=True)
class Answer:
    """What the person said of a submission and when; what that is compared with and whose it is, empty for nothing."""

    at: datetime
    label: str
    submission: str
    other: str
    source: str | Promise

    @property
    def agrees(self) -> bool:
        return self.label == self.other


def of(scope: Scope) -> list[Reviewer]:
    """Return who answered anything in the period, by name."""
    done: dict[int, list[tuple[bool, float | None]]] = defaultdict(list)
    for rows in (
        scope.seen(Decision.objects.filter(decided_at__gte=scope.start, person__isnull=False), "submission__client"),
        scope.seen(Judgement.objects.filter(decided_at__gte=scope.start), "case__client"),
    ):
        for person, undone, answered, claimed in rows.values_list(
            "person_id", "undone_at", "decided_at", "case__claimed_at"
        ):
            done[person].append((undone is not None, _took(claimed, answered)))
    standings = {one.person.pk: one for one in quality.standings(scope.reader, scope.start, client=scope.client)}
    people = Person.objects.filter(pk__in=list(done)).order_by("username")
    return [_reviewer(person, done[person.pk], standings.get(person.pk)) for person in people]


def answers(scope: Scope, person: Person) -> list[Answer]:
    """Return what one person said in the period, the newest first."""
    return sorted([*_decided(scope, person), *_judged(scope, person)], key=lambda one: one.at, reverse=True)


def _decided(scope: Scope, person: Person) -> Iterator[Answer]:
    rows = scope.seen(
        Decision.objects.filter(person=person, decided_at__gte=scope.start, undone_at=None), "submission__client"
    )
    found = list(rows.values_list("pk", "decided_at", "label", "submission_id"))
    looks = Judgement.objects.filter(case__second_review__decision__in=[pk for pk, *_ in found], undone_at=None)
    others = dict(looks.values_list("case__second_review__decision_id", "label"))
    for pk, at, label, submission in found:
        yield Answer(at, label, submission, others.get(pk, ""), SECOND if pk in others else "")


def _judged(scope: Scope, person: Person) -> Iterator[Answer]:
    rows = scope.seen(
        Judgement.objects.filter(person=person, decided_at__gte=scope.start, undone_at=None), "case__client"
    ).select_related("case__submission__gold_answer", "case__second_review__decision")
    for one in rows:
        other, source = _known(one) if one.case.kind == CaseKind.GOLD else _first(one)
        yield Answer(one.decided_at, one.label, one.case.submission_id, other, source)


def _known(judged: Judgement) -> tuple[str, str | Promise]:
    answer = getattr(judged.case.submission, "gold_answer", None)
    return (answer.label, KNOWN) if answer else ("", "")


def _first(judged: Judgement) -> tuple[str, str | Promise]:
    review = getattr(judged.case, "second_review", None)
    return (review.decision.label, FIRST) if review else ("", "")


def _reviewer(person: Person, done: list[tuple[bool, float | None]], standing: Standing | None) -> Reviewer:
    times = [seconds for undone, seconds in done if seconds is not None and not undone]
    return Reviewer(
        person=person,
        answers=len(done),
        undone=sum(undone for undone, _ in done),
        seconds=median(times) if times else None,
        standing=standing,
    )


def _took(claimed: datetime | None, answered: datetime) -> float | None:
    """Return the seconds between the two; None where they say nothing of the work."""
    seconds = (answered - claimed).total_seconds() if claimed else -1.0
    return seconds if 0 <= seconds <= LONGEST else None
