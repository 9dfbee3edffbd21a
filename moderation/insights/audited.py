"""How good verdicts are, from the pictures that a policy drew at random for people to look at.

Every picture that a policy judges is drawn with the share that the policy states, whatever was found in it. Each that
a person labelled stands for one over that share. Other labels say nothing here: a person saw those pictures because
they were suspect, reported or appealed.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from foundation.samples import drawn
from foundation.statistics import shares
from foundation.statistics.shares import Share
from moderation.insights.scope import Scope
from moderation.intake.models import Submission
from moderation.review.asking import SAMPLE
from moderation.verdicts import review_rules
from moderation.verdicts.models import DecidedBy, Finding, HumanLabel, Label, PolicyVersion, Verdict

ENOUGH = 100
FINDS = {"general": HumanLabel.AI_GENERATED, "face": HumanLabel.AI_GENERATED, "edited": HumanLabel.EDITED}
CLASSES = (Label.AI_GENERATED, Label.EDITED, Label.REAL)


@dataclass(frozen=True)
class Audited:
    """A picture of the sample: what the policy said, what a person says, where it came from, what it stands for."""

    submission: str
    said: str
    known: str
    source: str
    weight: float


@dataclass(frozen=True)
class Figure:
    """A share with the pictures behind it; it is shown as a frequency from ``ENOUGH`` of them on."""

    share: Share | None
    behind: Sequence[str] = ()

    @property
    def n(self) -> int:
        return self.share.n if self.share else 0

    @property
    def enough(self) -> bool:
        return self.n >= ENOUGH


@dataclass(frozen=True)
class ClassFigures:
    """Of one class: how often a verdict for it is right, and how much of it is found."""

    label: str
    precision: Figure
    recall: Figure


def sample(scope: Scope) -> list[Audited]:
    """Return the labelled pictures of the sample; those of which nobody could tell what they are are left out."""
    rows = scope.since(Submission.objects.exclude(human_label__in=["", HumanLabel.CANNOT_TELL]), "sub")
    by_policy = Verdict.objects.filter(submission=OuterRef("pk"), decided_by=DecidedBy.POLICY).order_by("-revision")
    rows = scope.seen(rows.exclude(policy_label=""))
    found = rows.annotate(version=Subquery(by_policy.values("policy_version")[:1])).values_list(
        "pk", "policy_label", "human_label", "source", "version"
    )
    return list(_drawn(found))


def _drawn(found: Iterable[tuple[str, str, str, str, int]]) -> Iterator[Audited]:
    versions: dict[int, PolicyVersion] = PolicyVersion.objects.in_bulk()
    for pk, said, known, source, version in found:
        share = review_rules.complete(versions[version].review)["audit_share"]
        if drawn(SAMPLE, pk, share):
            yield Audited(pk, said, known, source, 1 / share)


def by_class(sampled: Sequence[Audited]) -> list[ClassFigures]:
    """Return precision and recall of each class; an uncertain verdict is no verdict for any, and finds nothing."""
    return [
        ClassFigures(
            label,
            precision=figure([one for one in sampled if one.said == label], _right),
            recall=figure([one for one in sampled if one.known == label], _right),
        )
        for label in CLASSES
    ]


def error(sampled: Sequence[Audited]) -> Figure:
    """Return how often a verdict that names a class is wrong."""
    return figure([one for one in sampled if one.said != Label.UNCERTAIN], lambda one: not _right(one))


def by_source(sampled: Sequence[Audited]) -> dict[str, Figure]:
    """Return how often a verdict is wrong, by where the pictures came from."""
    parts: dict[str, list[Audited]] = defaultdict(list)
    for one in sampled:
        parts[one.source].append(one)
    return {source: error(part) for source, part in sorted(parts.items())}


def by_model(sampled: Sequence[Audited]) -> dict[str, Figure]:
    """Return how often each model is wrong about its own class, by the model's id; uncertain answers are left out.

    A model that looked at several faces is held to the most suspect one. For the model of edits a picture that is
    AI-generated is not edited, and the other way round.
    """
    at = {one.submission: one for one in sampled}
    worst: dict[tuple[str, str], tuple[float, str, str]] = {}
    rows = Finding.objects.filter(submission__in=list(at), role__in=list(FINDS))
    for model, submission, role, label, chance in rows.values_list(
        "model_id", "submission_id", "role", "label", "probability"
    ):
        worst[model, submission] = max(worst.get((model, submission), (-1.0, "", "")), (chance, label, role))
    answers: dict[str, list[tuple[bool, Audited]]] = defaultdict(list)
    for (model, submission), (_, label, role) in worst.items():
        if label != Label.UNCERTAIN:
            is_it = at[submission].known == FINDS[role]
            answers[model].append(((label != Label.REAL) != is_it, at[submission]))
    return {model: _figure(found) for model, found in sorted(answers.items())}


def figure(sampled: Iterable[Audited], hits: Callable[[Audited], bool]) -> Figure:
    """Return the share of hits among the pictures."""
    return _figure([(hits(one), one) for one in sampled])


def _figure(found: Sequence[tuple[bool, Audited]]) -> Figure:
    return Figure(shares.weighted((hit, one.weight) for hit, one in found), [one.submission for _, one in found])


def _right(one: Audited) -> bool:
    return one.said == one.known
