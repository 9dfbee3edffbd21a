"""What there is to translate: every marked string of the templates and of the code, and the samples' titles."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages.extract import extract
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
CODE = ("moderation", "platform")
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


@dataclass(frozen=True)
class Message:
    """A text to translate, with its plural where it counts, and where it stands."""

    id: str | tuple[str, str]
    context: str | None
    place: str


def found(root: Path = ROOT) -> list[Message]:
    """Return the marked strings of the templates and of the code, in the order of their places, then the samples'."""
    return [*(message for file in sources(root) for message in messages_of(file, root)), *of_samples(root)]


def of_samples(root: Path) -> Iterator[Message]:
    """Yield the titles and notes of the sample images, which the check page shows."""
    manifest = root / "samples" / "manifest.json"
    for sample in json.loads(manifest.read_text()) if manifest.exists() else ():
        yield Message(sample["title"], None, "samples/manifest.json")
        yield Message(sample["note"], None, "samples/manifest.json")


def sources(root: Path) -> list[Path]:
    code = [file for folder in CODE for file in sorted((root / folder).rglob("*.py"))]
    return [*templates(root), *(file for file in code if "migrations" not in file.parts)]


def templates(root: Path) -> list[Path]:
    """Return the pages' own templates; the administration's are Django's, which translates them."""
    return sorted((root / "templates").rglob("*.html"))


def messages_of(file: Path, root: Path = ROOT) -> Iterator[Message]:
    text = file.read_text()
    source = as_code(text) if file.suffix == ".html" else text
    place = str(file.relative_to(root))
    for _line, strings, _comments, context in _extracted(source):
        yield Message(strings, context, place)


def _extracted(source: str) -> Iterator[Any]:
    return extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS, options={"encoding": "utf-8"})


def as_code(template: str) -> str:
    """Return the calls to gettext that a template amounts to, without the indentation that is no Python."""
    return "\n".join(line.lstrip() for line in templatize(template).splitlines())
