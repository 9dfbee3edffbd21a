"""What a page says of a submission: its verdict in words, and what each model found, in the order that people read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from foundation.figures import decimal
from moderation.intake.models import State, Submission
from moderation.matching.models import Match
from moderation.review.judgements import machine_verdict
from moderation.review.measured import at_score, measured
from moderation.review.origins import Origins, origins_of
from moderation.verdicts import document, words
from moderation.verdicts.models import DecidedBy, Finding, Verdict
from moderation.verdicts.retelling import retell

ROLES = ("general", "face", "edited")
TITLES = {
    "general": gettext_lazy("General, whole picture"),
    "face": gettext_lazy("Face"),
    "edited": gettext_lazy("Edited, whole picture"),
}
SWITCHES = {"general": gettext_lazy("General"), "face": gettext_lazy("Face"), "edited": gettext_lazy("Edited")}
DECIDED = {
    "real": gettext_noop("A moderator decided: real"),
    "ai_generated": gettext_noop("A moderator decided: AI-generated"),
    "edited": gettext_noop("A moderator decided: edited"),
    "uncertain": gettext_noop("A moderator decided: cannot tell"),
}
KNOWN = {
    "real": gettext_noop("Known here as real"),
    "ai_generated": gettext_noop("Known here as AI-generated"),
    "edited": gettext_noop("Known here as edited"),
}
LAYERS = 16
UNEXPLAINED = "none"
Link = Callable[[str], str]


@dataclass(frozen=True)
class FindingView:
    """One finding as a page shows it; ``layer`` numbers its heatmap from 1, 0 where it has none that is shown.

    ``unmapped`` says why there is no heatmap; it is empty where there is one.
    """

    id: str
    title: str
    switch: str
    label: str
    probability: float
    thresholds: dict[str, Any]
    sentence: str
    model: str
    version: str
    measured: str
    at_score: str
    caveats: list[str]
    box: list[int] | None
    layer: int
    heatmap: str
    overlay: str
    unmapped: str


@dataclass(frozen=True)
class Silent:
    """A role that found nothing to speak of, and why."""

    title: str
    chip: str
    sentence: str


@dataclass(frozen=True)
class Report:
    """A submission, what stands of it, and where its pictures are."""

    submission: Submission
    verdict: Verdict | None
    findings: list[FindingView]
    silent: list[Silent]
    preview: str
    original: str
    spectrum: str
    residual: str
    reasons: list[str] = field(default_factory=list)
    origins: Origins = field(default_factory=Origins)
    matches: list[Match] = field(default_factory=list)

    @property
    def layers(self) -> list[FindingView]:
        return [finding for finding in self.findings if finding.layer]

    @property
    def boxes(self) -> list[FindingView]:
        return [finding for finding in self.findings if finding.box]

    @property
    def label_size(self) -> int:
        """How large a face's number is written, in pixels of the picture."""
        image = self.submission.picture
        return max(12, max(image.width, image.height) // 30)

    @property
    def headline(self) -> str:
        """The verdict as a sentence."""
        if self.verdict is None:
            return _("Not judged") if self.submission.state == State.FAILED else _("Being judged")
        if self.verdict.decided_by == DecidedBy.PERSON:
            return _(DECIDED[self.verdict.label])
        if any(reason["code"] == "known_image_exact" for reason in self.verdict.reasons):
            return _(KNOWN.get(self.verdict.label, words.HEADLINES[self.verdict.label]))
        return _(words.HEADLINES[self.verdict.label])

    @property
    def under_way(self) -> bool:
        return self.submission.state in {State.QUEUED, State.ANALYSING}


def report_of(submission: Submission, link: Link = str, *, blind: bool = False) -> Report:
    """Return what pages show; ``link`` turns a picture's path into an address, signed for those without an account.

    ``blind``: as the policy judged it, whatever people decided since.
    """
    path = document.path_of(submission)
    verdict = machine_verdict(submission) if blind else _standing(submission)
    found = list(Finding.objects.filter(submission=submission).select_related("model"))
    return Report(
        submission=submission,
        verdict=verdict,
        findings=_views(in_reading_order(found), path, link),
        silent=_silent(found, verdict),
        preview=link(f"{path}/preview.jpg"),
        original=link(f"{path}/original"),
        spectrum=link(f"{path}/spectrum.png"),
        residual=link(f"{path}/residual.png"),
        reasons=[retell(reason["text"]) for reason in verdict.reasons] if verdict else [],
        origins=origins_of(submission),
        matches=list(submission.matches.select_related("other__image")),
    )


def _standing(submission: Submission) -> Verdict | None:
    rows = Verdict.objects.filter(submission=submission, is_current=True)
    return rows.select_related("policy_version__policy").first()


def in_reading_order(findings: Sequence[Finding]) -> list[Finding]:
    """Return findings by role, the roles that look at the whole picture around the faces; faces keep their order."""
    rank = {role: number for number, role in enumerate(ROLES)}
    return sorted(findings, key=lambda finding: (rank.get(finding.role, len(ROLES)), finding.pk))


def _views(findings: Sequence[Finding], path: str, link: Link) -> list[FindingView]:
    faces = [finding.pk for finding in findings if finding.box]
    mapped = [finding.pk for finding in findings if finding.has_heatmap][:LAYERS]
    views = []
    for finding in findings:
        face = faces.index(finding.pk) + 1 if finding.box else 0
        layer = mapped.index(finding.pk) + 1 if finding.pk in mapped else 0
        views.append(_view(finding, (face, len(faces)), layer, path, link))
    return views


def _view(finding: Finding, face: tuple[int, int], layer: int, path: str, link: Link) -> FindingView:
    pictures = finding.has_heatmap
    return FindingView(
        id=finding.pk,
        title=_title(finding, *face),
        switch=_switch(finding, *face),
        label=finding.label,
        probability=finding.probability,
        thresholds=finding.thresholds,
        sentence=_sentence(finding),
        model=finding.model.name,
        version=finding.model.version,
        measured=measured(finding.model.card, finding.role),
        at_score=at_score(finding.model.card, finding.role, finding.probability),
        caveats=list(finding.model.card.get("caveats", [])),
        box=finding.box,
        layer=layer,
        heatmap=link(f"{path}/heatmaps/{finding.pk}.png") if pictures else "",
        overlay=link(f"{path}/overlays/{finding.pk}.png") if pictures else "",
        unmapped="" if pictures else _unmapped(finding),
    )


def _unmapped(finding: Finding) -> str:
    if finding.model.card.get("explanation") == UNEXPLAINED:
        return _("No heatmap: this model's maps did not pass their checks, so they are not shown as evidence.")
    return _("No heatmap was kept.")


def _title(finding: Finding, face: int, faces: int) -> str:
    if face:
        return _("Face %(number)d of %(faces)d") % {"number": face, "faces": faces}
    return str(TITLES.get(finding.role, finding.role.capitalize()))


def _switch(finding: Finding, face: int, faces: int) -> str:
    if face:
        return _("Face %(number)d") % {"number": face} if faces > 1 else _("Face")
    return str(SWITCHES.get(finding.role, finding.role.capitalize()))


def _sentence(finding: Finding) -> str:
    limits = {name: decimal(f"{finding.thresholds[name]:.2f}") for name in ("review", "label")}
    if finding.label == "real":
        return _("Below %(review)s, where this policy starts to doubt. No sign found is no proof.") % limits
    if finding.label == "uncertain":
        return _("Between %(review)s and %(label)s, where this policy names no class.") % limits
    return _("At %(label)s or more this policy names the class.") % limits


def _silent(findings: Sequence[Finding], verdict: Verdict | None) -> list[Silent]:
    if verdict is None:
        return []
    spoke = {finding.role for finding in findings}
    return [_why_silent(role, role in verdict.roles_run) for role in ROLES if role not in spoke]


def _why_silent(role: str, ran: bool) -> Silent:
    title = str(TITLES.get(role, role.capitalize()))
    if ran and role == "face":
        return Silent(title, _("No face"), _("No face was found, so the face model had nothing to look at."))
    return Silent(title, _("Not run"), _("No model was in service for this role."))
