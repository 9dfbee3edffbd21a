"""What else came in that belongs to a picture: the same bytes, the same author, the known images that it is like."""

from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from moderation.clients.models import Person
from moderation.clients.sight import may_see, only_visible
from moderation.intake.models import Submission
from moderation.matching.models import Match, MatchKind
from moderation.verdicts.document import path_of

LISTED = 6
BESIDE = 3


@dataclass(frozen=True)
class Known:
    """A known image to lay beside the picture: where it is, what people said of it, and how alike it is."""

    preview: str
    label: str
    words: str


@dataclass(frozen=True)
class Related:
    """Other submissions of the same bytes and of the same author, the newest first, and whether there are more."""

    same: list[Submission] = field(default_factory=list)
    more_of_the_same: bool = False
    author: list[Submission] = field(default_factory=list)
    more_of_the_author: bool = False


def related_to(submission: Submission, reader: Person) -> Related:
    """Return what the reader may see of it. What came after the submission is left out: it was no evidence yet."""
    before = Submission.objects.filter(pk__lt=submission.pk).select_related("client", "image").order_by("-pk")
    visible = only_visible(before, reader)
    same, more_of_the_same = _some(_of_the_bytes(visible, submission))
    author, more_of_the_author = _some(_of_the_author(visible, submission))
    return Related(same, more_of_the_same, author, more_of_the_author)


def _of_the_bytes(rows: QuerySet[Submission], submission: Submission) -> QuerySet[Submission]:
    return rows.filter(image__sha256=submission.image.sha256) if submission.image else rows.none()


def _of_the_author(rows: QuerySet[Submission], submission: Submission) -> QuerySet[Submission]:
    """An author is known to one client only: another client's may bear the same name."""
    if not submission.author_id:
        return rows.none()
    return rows.filter(client=submission.client_id, author_id=submission.author_id)


def _some(rows: QuerySet[Submission]) -> tuple[list[Submission], bool]:
    found = list(rows[: LISTED + 1])
    return found[:LISTED], len(found) > LISTED


def beside(matches: list[Match], reader: Person) -> list[Known]:
    """Return the nearest known images that can be shown: those that came as submissions and are not sealed."""
    shown = [one for one in matches if one.other and one.other.image and not one.other.image.is_sealed]
    nearest = sorted(shown, key=lambda one: one.distance)
    return [_known(one) for one in nearest if one.other and may_see(reader, one.other.client_id)][:BESIDE]


def _known(match: Match) -> Known:
    words = _("%(n)d of 256 bits differ") % {"n": match.distance}
    assert match.other  # noqa: S101  asked for by the caller
    return Known(
        preview=f"{path_of(match.other)}/preview.jpg",
        label=match.label,
        words=_("The same file") if match.kind == MatchKind.EXACT else words,
    )
