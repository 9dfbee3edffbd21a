"""The same bytes from the same client, judged by the same models, need no second look."""

from collections.abc import Mapping

from moderation.analysis.models import Heatmap
from moderation.analysis.results import Result, map_of
from moderation.intake.models import State, StoredImage
from moderation.verdicts.models import Finding, Verdict
from moderation.verdicts.services import Said


def earlier(image: StoredImage, models: Mapping[str, str]) -> Result | None:
    """Return what ``models`` (role to model id) said of this image before, or None."""
    first = Verdict.objects.filter(submission__image=image, submission__state=State.ANALYSED, revision=1)
    verdict = first.filter(roles_run=dict(models)).order_by("-id").first()
    if verdict is None:
        return None
    findings = list(Finding.objects.filter(submission=verdict.submission_id).select_related("model").order_by("id"))
    maps = {row.finding_id: map_of(row) for row in Heatmap.objects.filter(finding__in=findings)}
    said = [Said(one.model, one.probability, one.score, one.box, one.has_heatmap) for one in findings]
    return Result(said, [maps.get(one.pk) for one in findings], dict(verdict.roles_run))
