"""What the page of a result shows, to whoever may open it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from foundation import links
from foundation.problems import KINDS, Problem
from moderation.clients.models import Person
from moderation.intake import seals
from moderation.intake.models import Submission
from moderation.portal import sharing
from moderation.portal.checks import Access
from moderation.portal.classes import classes_of
from moderation.portal.progress import stage_of, steps
from moderation.review.cases import case_of
from moderation.review.models import Appeal
from moderation.review.report import Report, report_of
from moderation.verdicts.models import HumanLabel

EXPECTED = [HumanLabel.REAL, HumanLabel.AI_GENERATED, HumanLabel.EDITED]


def shown(request: HttpRequest, submission: Submission, problem: Problem | None = None) -> dict[str, Any]:
    """Return what everybody sees of a result: how far it is, or the answer with its evidence."""
    gone = why_gone(submission, request.user)
    report = report_of(submission, lambda path: links.sign(path, settings.LINK_LIFETIME))
    return {
        "report": _without_pictures(report) if gone else report,
        "gone": gone,
        "classes": classes_of(submission),
        "stage": stage_of(submission),
        "steps": steps(submission),
        "failure": submission.failure or {},
        "failure_advice": _advice(submission.failure),
        "expected": EXPECTED,
        "given": request.POST,
        "problem": problem,
        "advice": KINDS[problem.code].advice if problem else "",
        "errors": problem.errors if problem else (),
    }


def for_access(request: HttpRequest, access: Access, problem: Problem | None = None) -> dict[str, Any]:
    """Return what the owner or a reader sees: their actions too."""
    submission = access.submission
    link = sharing.standing(submission) if access.owns else None
    return {
        **shown(request, submission, problem),
        "owns": access.owns,
        "case": case_of(submission) if access.reads else None,
        "link": link,
        "link_address": request.build_absolute_uri(sharing.path_of(link)) if link else "",
        "appeal": Appeal.objects.filter(submission=submission).order_by("-id").first() if access.owns else None,
        "may_appeal": access.owns and isinstance(request.user, Person),
    }


def why_gone(submission: Submission, person: object) -> str:
    """Return why the picture itself is not shown, in words; nothing where it is."""
    image = submission.image
    if image is None:
        return ""
    if image.is_sealed and not seals.may_see_sealed(person):
        return _("The picture was sealed by the people who review here. Nobody else sees it any more.")
    if image.discarded_at:
        return _("Its file was deleted when the time for which pictures are kept here was over. What was found stays.")
    return ""


def _without_pictures(report: Report) -> Report:
    unmapped = _("The picture is not shown, so nothing is drawn over it.")
    return replace(report, findings=[replace(one, overlay="", unmapped=unmapped) for one in report.findings])


def _advice(failure: Mapping[str, Any] | None) -> str:
    """Return what somebody can do about an analysis that failed."""
    again = _("Submit the picture again; if it fails again, tell the operator.")
    return advice().get((failure or {}).get("code", ""), again)


def advice() -> dict[str, str]:
    """Return what to do about a refusal or a failure, by its slug, in the visitor's language."""
    save = _("Save the picture to your device and choose it as a file.")
    return {
        "invalid": _("Choose a picture, give its address, or take one of the examples."),
        "image-too-many-pixels": _("Scale it down and try again."),
        "image-too-small": _("A larger copy may be found where the picture was first shown."),
        "image-undecodable": _("It may be damaged or cut short. Save it once more and try again."),
        "too-large": _("Save a smaller copy and try again."),
        "url-forbidden": save,
        "url-unreachable": save,
    }
