"""The example images of the check page: what samples/manifest.json says of them."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

FOLDER = Path(settings.BASE_DIR) / "samples"
KINDS = ("photograph", "edited", "generated")
SHOWN_OF_EACH = 2


@dataclass(frozen=True)
class Example:
    """A sample image that comes with Assay; its origin is known."""

    file: str
    title: str
    note: str
    kind: str

    def read(self) -> bytes:
        return (FOLDER / self.file).read_bytes()


@cache
def everything() -> dict[str, Example]:
    """Return the samples by file name; none where the folder is missing."""
    manifest = FOLDER / "manifest.json"
    if not manifest.exists():
        return {}
    entries = json.loads(manifest.read_text(encoding="utf-8"))
    return {one["file"]: Example(one["file"], one["title"], one["note"], one["kind"]) for one in entries}


def shown() -> list[Example]:
    """Return the first of each kind, for the check page."""
    samples = everything().values()
    return [one for kind in KINDS for one in [each for each in samples if each.kind == kind][:SHOWN_OF_EACH]]
