"""The queue's page: what waits, in which queue, for how long; the next case by one button; queues that people save."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from moderation.clients.models import Person
from moderation.review import claims, queue_forms, queues
from moderation.review.access import person_of, readers_only, toast, work_in
from moderation.review.models import Queue
from moderation.review.queue import LISTED, rows, shelves


@require_safe
@readers_only
def queue(request: HttpRequest) -> HttpResponse:
    """Show what waits, the most urgent first: all of it, or what the chosen queue lets through."""
    person = person_of(request)
    chosen = _chosen(person, request.GET.get("queue", ""))
    shown = shelves(person)
    context = {
        "queue": chosen,
        "rows": rows(LISTED, person, chosen),
        "shelf": next(shelf for shelf in shown if shelf.queue == chosen),
        "shelves": shown,
        "may_review": person.may_review(),
        **toast(person),
    }
    return render(request, "review/queue.html", context)


@require_POST
@readers_only
def claim_next(request: HttpRequest) -> HttpResponse:
    """Claim the next case of the queue and open it; back to the queue where nothing waits for this person."""
    person = person_of(request)
    chosen = _chosen(person, request.POST.get("queue", ""))
    work_in(request, chosen)
    case = claims.claim_next(person, chosen) if person.may_review() else None
    if case:
        return redirect("review:case", case.pk)
    return redirect(f"{reverse('review:queue')}?queue={chosen.slug}" if chosen else "review:queue")


@require_http_methods(["GET", "HEAD", "POST"])
@readers_only
def manage(request: HttpRequest, queue_id: str = "") -> HttpResponse:
    """List the queues that the person may change, with a form for one of them or for another one."""
    person = person_of(request)
    edited = get_object_or_404(queue_forms.editable_by(person), pk=queue_id) if queue_id else Queue(owner=person)
    form = queue_forms.QueueForm(request.POST or None, person=person, queue=edited)
    if request.method == "POST" and person.may_review() and form.is_valid():
        return redirect(f"{reverse('review:queue')}?queue={form.keep().slug}")
    context = {
        "form": form,
        "edited": edited if queue_id else None,
        "own": queue_forms.editable_by(person),
        "may_review": person.may_review(),
    }
    refused = request.method == "POST"
    return render(request, "review/queues.html", context, status=_status(person, refused=refused))


@require_POST
@readers_only
def remove(request: HttpRequest, queue_id: str) -> HttpResponse:
    """Delete a queue; its cases stay."""
    queue_forms.remove(get_object_or_404(queue_forms.editable_by(person_of(request)), pk=queue_id), person_of(request))
    return redirect("review:queues")


def _status(person: Person, *, refused: bool) -> int:
    if not refused:
        return 200
    return 422 if person.may_review() else 403


def _chosen(person: Person, slug: str) -> Queue | None:
    if not slug:
        return None
    found = queues.shared_by(person).filter(slug=slug.replace("\x00", "")).first()
    if found is None:
        raise Http404("There is no such queue.")
    return found
