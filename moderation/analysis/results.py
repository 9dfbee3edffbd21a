"""A detector's analysis in the platform's terms: what each model said, and its map."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from detector.results import Analysis, Box
from detector.results import Heatmap as DetectorMap
from moderation.analysis.models import Heatmap
from moderation.registry.models import ModelVersion
from moderation.verdicts.models import Finding
from moderation.verdicts.provenance import Examined
from moderation.verdicts.services import Said


@dataclass(frozen=True)
class Result:
    """What is to be recorded of one image; ``heatmaps`` stand beside ``said``, one each, None where there is none.

    ``hashes`` are its perceptual ones; None for those that are kept of an image that was looked at before.
    """

    said: list[Said]
    heatmaps: list[DetectorMap | None]
    roles_run: dict[str, str]
    examined: Examined | None = None
    hashes: list[bytes] | None = None

    def keep_heatmaps(self, findings: Sequence[Finding]) -> None:
        """Write the maps of findings, which stand in the order of ``said`` (or are none at all)."""
        rows = [row_of(finding, map_) for finding, map_ in zip(findings, self.heatmaps, strict=False) if map_]
        Heatmap.objects.bulk_create(rows)


def result_of(analysis: Analysis, models: Mapping[str, ModelVersion], examined: Examined | None = None) -> Result:
    said = [
        Said(
            model=models[seen.role],
            probability=seen.probability,
            score=seen.score,
            box=list_of(seen.box) if seen.box else None,
            has_heatmap=seen.heatmap is not None,
        )
        for seen in analysis.observations
    ]
    roles_run = {role: models[role].pk for role in sorted(analysis.roles_run)}
    return Result(said, [seen.heatmap for seen in analysis.observations], roles_run, examined)


def row_of(finding: Finding, map_: DetectorMap) -> Heatmap:
    height, width = map_.values.shape
    return Heatmap(
        finding=finding,
        values=map_.values.tobytes(),
        height=height,
        width=width,
        region=list_of(map_.region),
        image_width=map_.size[0],
        image_height=map_.size[1],
    )


def map_of(row: Heatmap) -> DetectorMap:
    values = np.frombuffer(bytes(row.values), dtype=np.uint8).reshape(row.height, row.width)
    return DetectorMap(values=values, region=Box(*row.region), size=(row.image_width, row.image_height))


def list_of(box: Box) -> list[int]:
    return [int(box.x), int(box.y), int(box.width), int(box.height)]
