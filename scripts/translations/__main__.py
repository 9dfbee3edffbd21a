"""Keeps the languages of the pages whole.

python -m scripts.translations check     says what is not translated, and fails if anything is not
python -m scripts.translations update    brings locale/ up to date with the pages and compiles it
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from scripts.translations import catalogues, loose, messages

FOLDER = messages.ROOT / "locale"


def main(arguments: list[str]) -> int:
    if arguments == ["update"]:
        for language in catalogues.languages(FOLDER):
            catalogues.update(FOLDER, language, messages.found())
        return 0
    if arguments != ["check"]:
        print(__doc__, file=sys.stderr)
        return 2
    return report(list(faults()))


def faults() -> Iterator[str]:
    for file in messages.templates(messages.ROOT):
        for line, text in loose.words(file.read_text()):
            yield f"{file.relative_to(messages.ROOT)}:{line}: outside every translation tag: {text!r}"
    found = messages.found()
    for language in catalogues.languages(FOLDER):
        yield from catalogues.faults(FOLDER, language, found)


def report(found: list[str]) -> int:
    for fault in found:
        print(fault)
    print(f"{len(found)} faults" if found else "Every page is translated.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
