"""The samples of a joint training, by pool, out of packs."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from detector.evaluation.exclusion import Exclusion
from detector.training.facecuts import cut_faces
from detector.training.joint.pools import CUT, FACE, WHOLE, Pools
from detector.training.packs import Sample, read_packs
from detector.training.recipe import FACE_MARGIN

_PORTRAITS = frozenset({"photoshop_face_base"})
_IN_THE_FACES_PACK = frozenset({"openforensics"})


@dataclass(frozen=True)
class Packs:
    """Packs of whole pictures, of faces, and of edits, whose authentic photographs alone are used; `exclude`: what is
    used of none of them."""

    general: Sequence[Path]
    faces: Sequence[Path]
    edited: Sequence[Path] = ()
    exclude: Exclusion | None = None

    def read(self, paths: Sequence[Path]) -> list[Sample]:
        """The samples of these packs but the excluded ones."""
        samples = read_packs(paths)
        return samples if self.exclude is None else self.exclude.keep(samples)

    def names(self) -> list[str]:
        """What a card says of them."""
        general, faces = ([path.name for path in paths] for paths in (self.general, self.faces))
        cut = [f"faces cut from {name}" for name in general]
        return [*general, *cut, *faces, *(f"authentic photographs of {path.name}" for path in self.edited)]


def gather(packs: Packs) -> Pools:
    """All samples and their pools: whole pictures, the faces cut out of them, pictures that are all face.

    Raises PackError for a path without labelled images.
    """
    general, faces = packs.read(packs.general), packs.read(packs.faces)
    photographs = [sample for sample in packs.read(packs.edited) if _is_wanted(sample)]
    whole = general + [sample for sample in photographs if sample.source not in _PORTRAITS]
    face = faces + [sample for sample in photographs if sample.source in _PORTRAITS]
    cut = cut_faces(general, FACE_MARGIN)
    return Pools([*whole, *cut, *face], [WHOLE] * len(whole) + [CUT] * len(cut) + [FACE] * len(face))


def _is_wanted(sample: Sample) -> bool:
    return sample.label == 0 and sample.source not in _IN_THE_FACES_PACK
