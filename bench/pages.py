"""The page of the figures: one part for each heading, replaced when it was measured anew."""

import re
from collections.abc import Sequence

_PART = re.compile(r"^(?=## )", re.MULTILINE)


def dated(part: Sequence[str], where: str) -> list[str]:
    """The lines of a part, which begin with its heading and an empty line, with what they were measured on."""
    return [part[0], "", where, "", *part[2:]]


def replaced(page: str, parts: Sequence[Sequence[str]]) -> str:
    """The page with these parts in the place of those of the same heading; new ones at the end."""
    head, *old = _PART.split(page)
    kept = {text.splitlines()[0]: text.strip() for text in old}
    kept |= {part[0]: "\n".join(part).strip() for part in parts}
    return "\n\n".join([head.strip(), *kept.values()]) + "\n"
