"""Who may open the review pages, and what each of them shows to the person."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from moderation.clients.models import Person
from moderation.review import queues, selectors
from moderation.review.models import Queue
from moderation.review.quality import feedback
from moderation.verdicts.models import HumanLabel

QUEUE = "review_queue"
View = Callable[..., HttpResponse]


def readers_only(view: View) -> View:
    """Let a person with a reading role in; ask others to sign in, or say that their role is not enough."""

    @wraps(view)
    @login_required
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not person_of(request).may_read():
            raise PermissionDenied(_("Your account has no role that opens the review pages."))
        return view(request, *args, **kwargs)

    return checked


def person_of(request: HttpRequest) -> Person:
    return cast("Person", request.user)


def work_in(request: HttpRequest, queue: Queue | None) -> None:
    """Remember the queue that the person works in, None for all of them."""
    request.session[QUEUE] = queue.slug if queue else ""


def working_in(request: HttpRequest) -> Queue | None:
    """Return the queue that the person works in, None where it is gone, or they took none."""
    slug = request.session.get(QUEUE, "")
    return queues.shared_by(person_of(request)).filter(slug=slug).first() if slug else None


def toast(person: Person) -> dict[str, Any]:
    """Return what the toast shows of the person's last decision: how to undo it while it can be, and feedback on it."""
    decision, told = selectors.undoable(person), feedback.latest(person)
    if decision is None:
        return {"feedback": told}
    label = HumanLabel(decision.label).label
    left = selectors.seconds_left(decision)
    return {"undoable": decision, "undoable_label": label, "seconds_left": left, "feedback": told}
