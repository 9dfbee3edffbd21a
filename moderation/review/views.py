"""From a submission to its case."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from moderation.clients.sight import only_visible
from moderation.review.access import person_of, readers_only
from moderation.review.models import Case, CaseKind


@require_safe
@readers_only
def submission(request: HttpRequest, submission_id: str) -> HttpResponse:
    """Lead to a submission's case."""
    visible = only_visible(Case.objects.filter(kind=CaseKind.FIRST), person_of(request))
    return redirect("review:case", get_object_or_404(visible, submission=submission_id).pk)
