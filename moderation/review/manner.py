"""How a case is shown: by the queues of the person that it is in, the most careful of them where they differ."""

from dataclasses import dataclass

from moderation.clients.models import Person
from moderation.review import queues
from moderation.review.models import Case


@dataclass(frozen=True)
class Manner:
    """Whether pictures start blurred and grey, and whether the models' verdict waits for the person's own look."""

    blur: bool = True
    grey: bool = False
    evidence_first: bool = False


def manner_of(case: Case, person: Person) -> Manner:
    """Return how the case is shown to the person; blurred where no queue holds it."""
    own = queues.shared_by(person)
    holding = [queue for queue in own if queues.cases_in(queue, person).filter(pk=case.pk).exists()]
    if not holding:
        return Manner()
    return Manner(
        blur=any(queue.blur for queue in holding),
        grey=any(queue.grey for queue in holding),
        evidence_first=any(queue.evidence_first for queue in holding),
    )
