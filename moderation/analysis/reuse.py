"""The same bytes from the same client, judged by the same models, need no second look."""

from collections.abc import Mapping

from moderation.analysis.models import Heatmap
from moderation.analysis.provenance import trust_list
from moderation.analysis.results import Result, map_of
from moderation.intake.models import State, StoredImage
from moderation.verdicts.models import Finding, Verdict
from moderation.verdicts.provenance import Examined
from moderation.verdicts.services import Said


def earlier(image: StoredImage, models: Mapping[str, str]) -> Result | None:
    """Return what ``models`` (role to model id) said of this image before, or None.

    None too where its provenance was not examined, or by another trust list.
    """
    first = Verdict.objects.filter(submission__image=image, submission__state=State.ANALYSED, revision=1)
    known = first.filter(roles_run=dict(models), submission__provenance__trust_list=trust_list().digest)
    verdict = known.select_related("submission__provenance").order_by("-id").first()
    if verdict is None:
        return None
    findings = list(Finding.objects.filter(submission=verdict.submission_id).select_related("model").order_by("id"))
    maps = {row.finding_id: map_of(row) for row in Heatmap.objects.filter(finding__in=findings)}
    said = [Said(one.model, one.probability, one.score, one.box, one.has_heatmap) for one in findings]
    provenance = verdict.submission.provenance
    examined = Examined(provenance.findings, provenance.trust_list)
    return Result(said, [maps.get(one.pk) for one in findings], dict(verdict.roles_run), examined)
