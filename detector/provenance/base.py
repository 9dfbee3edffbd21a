"""What every signal gives: pieces of evidence, what each would mean, and how far it can be trusted."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from detector.provenance.source import Source

LONGEST_SHOWN = 200
LONGEST_NAME = 80


class Kind(StrEnum):
    """Where evidence stands."""

    C2PA = "c2pa"
    IPTC = "iptc"
    EXIF = "exif"
    GENERATOR_TEXT = "generator_text"
    SOFTWARE = "software"


class Trust(StrEnum):
    """How far evidence can be trusted: signed by somebody on the trust list, by somebody else, or by nobody."""

    SIGNED = "signed"
    SIGNED_UNTRUSTED = "signed_untrusted"
    FORGEABLE = "forgeable"


class Suggests(StrEnum):
    """What evidence would mean if it were true."""

    AI_GENERATED = "ai_generated"
    EDITED = "edited"
    CAMERA = "camera"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Evidence:
    """One thing that a file says of its own origin.

    `summary`: a sentence; `details`: JSON values, every string cleaned and at most LONGEST_SHOWN characters long.
    """

    kind: Kind
    trust: Trust
    suggests: Suggests
    summary: str
    details: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The same as JSON values, by the names of the fields."""
        kind, trust, suggests = self.kind.value, self.trust.value, self.suggests.value
        return {"kind": kind, "trust": trust, "suggests": suggests, "summary": self.summary, "details": self.details}


class Signal(Protocol):
    """One way in which a file can speak of its origin."""

    kind: Kind

    def read(self, source: Source) -> Iterable[Evidence]:
        """Evidence of this kind, none where the file says nothing. May raise anything: the caller guards."""
        ...


def unreadable(kind: Kind) -> Evidence:
    """What is said of metadata that is there but cannot be read."""
    return Evidence(kind, Trust.FORGEABLE, Suggests.NOTHING, f"{_NAMES[kind]} is there but unreadable.", _UNREADABLE)


_UNREADABLE = {"unreadable": True}
_NAMES = {
    Kind.C2PA: "A C2PA manifest",
    Kind.IPTC: "An XMP or IPTC block",
    Kind.EXIF: "An EXIF block",
    Kind.GENERATOR_TEXT: "A text chunk of an image generator",
    Kind.SOFTWARE: "A software tag",
}


def name(value: object) -> str:
    """A name as it stands in a sentence: one visible line of at most LONGEST_NAME characters."""
    return clean(value, LONGEST_NAME)


def clean(value: object, longest: int = LONGEST_SHOWN) -> str:
    """A value as one line of visible characters: no control, formatting or lone surrogate code points.

    It goes into a database that refuses U+0000 and onto pages where a change of writing direction could mislead.
    """
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    visible = "".join(_shown(character) for character in text[: 4 * longest])
    line = " ".join(visible.split())
    return line if len(line) <= longest and len(text) <= 4 * longest else line[: longest - 1] + "…"


def _shown(character: str) -> str:
    if character.isspace():
        return " "
    return "" if unicodedata.category(character).startswith("C") else character
