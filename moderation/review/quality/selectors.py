"""What double review and known answers say: how far people agree, what two do not agree on, how each one does."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from foundation.statistics import agreement, shares
from foundation.statistics.agreement import Agreement
from foundation.statistics.shares import Share
from moderation.clients.models import Client, Person
from moderation.clients.sight import only_visible
from moderation.review.models import CaseKind, CaseState, Judgement
from moderation.review.quality.models import GoldAnswer, SecondReview

PERIOD = timedelta(days=90)
LISTED = 50


@dataclass(frozen=True)
class Pair:
    """What two people said of one picture: the label of each, by the ids of who decided and who looked blindly."""

    first: str
    second: str
    decided: int
    judged: int


@dataclass(frozen=True)
class Standing:
    """How one person does: agreement with whoever looked at the same pictures, and known answers met."""

    person: Person
    agreement: Agreement | None
    gold: Share | None


def since() -> datetime:
    """Return the begin of the period that quality is told of."""
    return timezone.now() - PERIOD


def pairs(reader: Person, start: datetime, client: Client | None = None) -> list[Pair]:
    """Return the double reviews that ended since ``start``, of one client or of all that ``reader`` may see."""
    rows = Judgement.objects.filter(
        undone_at=None,
        decided_at__gte=start,
        case__kind=CaseKind.SECOND,
        case__second_review__decision__undone_at=None,
    )
    decision = "case__second_review__decision"
    found = _of_clients(rows, reader, client).values_list(
        f"{decision}__label", "label", f"{decision}__person_id", "person_id"
    )
    return [Pair(*row) for row in found]


def overall(found: Iterable[Pair]) -> Agreement | None:
    """Return how far the first and the second answers agree; None where nothing was looked at twice."""
    return agreement.cohen((pair.first, pair.second) for pair in found)


def standings(reader: Person, start: datetime, client: Client | None = None) -> list[Standing]:
    """Return each person's figures by name: whoever took part in a double review or met a known answer."""
    answers: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for pair in pairs(reader, start, client):
        answers[pair.decided].append((pair.first, pair.second))
        answers[pair.judged].append((pair.second, pair.first))
    gold = _gold(reader, start, client)
    people = Person.objects.filter(pk__in={*answers, *gold}).order_by("username")
    return [
        Standing(one, agreement.cohen(answers.get(one.pk, [])), shares.of(*gold.get(one.pk, (0, 0)))) for one in people
    ]


def _gold(reader: Person, start: datetime, client: Client | None) -> dict[int, tuple[int, int]]:
    """Return how many known answers each person gave rightly, and how many they met."""
    known = "case__submission__gold_answer__label"
    rows = gold_judgements().filter(decided_at__gte=start)
    counts: dict[int, list[bool]] = defaultdict(list)
    for person, label, right in _of_clients(rows, reader, client).values_list("person_id", "label", known):
        counts[person].append(label == right)
    return {person: (sum(right), len(right)) for person, right in counts.items()}


def _of_clients(rows: QuerySet[Judgement], reader: Person, client: Client | None) -> QuerySet[Judgement]:
    rows = only_visible(rows, reader, "case__client")
    return rows.filter(case__client=client) if client else rows


def gold_judgements() -> QuerySet[Judgement]:
    """Return what people said of pictures whose answer is known."""
    return Judgement.objects.filter(
        undone_at=None, case__kind=CaseKind.GOLD, case__submission__gold_answer__isnull=False
    )


def disagreements(reader: Person) -> QuerySet[SecondReview]:
    """Return the double reviews on which two people do not agree and that nobody settled, the oldest first."""
    other = Judgement.objects.filter(case=OuterRef("case"), undone_at=None).exclude(label=OuterRef("decision__label"))
    rows = SecondReview.objects.filter(Exists(other), settled_at=None, decision__undone_at=None)
    rows = rows.select_related("case__client", "case__submission", "decision__person").order_by("opened_at", "pk")
    return only_visible(rows, reader, "case__client")


def judgement_of(review: SecondReview) -> Judgement | None:
    """Return what the blind reviewer said, None while nobody did."""
    return Judgement.objects.filter(case=review.case_id, undone_at=None).select_related("person").first()


def answers(reader: Person) -> QuerySet[GoldAnswer]:
    """Return the known answers in use, the newest first."""
    rows = GoldAnswer.objects.filter(retired_at=None).select_related("submission__client", "set_by")
    return only_visible(rows, reader, "submission__client").order_by("-pk")


def waiting(reader: Person) -> QuerySet[SecondReview]:
    """Return the second reviews that nobody did yet."""
    rows = SecondReview.objects.filter(case__state=CaseState.OPEN)
    return only_visible(rows, reader, "case__client")
