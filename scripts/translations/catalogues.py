"""The catalogues in locale/: read, brought up to date with the pages, checked and compiled."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as BabelMessage
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from scripts.translations.messages import Message

PLACEHOLDER = re.compile(r"%\((\w+)\)")


def languages(folder: Path) -> list[str]:
    """Return the languages that have a catalogue."""
    return sorted(file.parts[-3] for file in folder.glob("*/LC_MESSAGES/django.po"))


def place(folder: Path, language: str) -> Path:
    return folder / language / "LC_MESSAGES" / "django.po"


def read(folder: Path, language: str) -> Catalog:
    with place(folder, language).open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def template(messages: Iterable[Message]) -> Catalog:
    """Return the messages without translations; places are files, so that a moved line changes nothing."""
    catalogue = Catalog(project="Assay", charset="utf-8")
    for message in messages:
        catalogue.add(message.id, locations=[(message.place, 0)], context=message.context)
    return catalogue


def update(folder: Path, language: str, messages: Iterable[Message]) -> None:
    """Add what is new to the catalogue, drop what is gone, and compile it; nothing is guessed."""
    catalogue = read(folder, language)
    catalogue.update(template(messages), no_fuzzy_matching=True, keep_user_comments=False, update_creation_date=False)
    catalogue.obsolete.clear()
    file = place(folder, language)
    with file.open("wb") as target:
        write_po(target, catalogue, width=120, sort_output=True, omit_header=False, include_lineno=False)
    file.with_suffix(".mo").write_bytes(compiled(catalogue))


def compiled(catalogue: Catalog) -> bytes:
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def faults(folder: Path, language: str, messages: Iterable[Message]) -> Iterator[str]:
    """Yield what is wrong with a catalogue: missing, empty, doubtful, malformed or left over, or not compiled."""
    catalogue = read(folder, language)
    wanted = template(messages)
    for message in wanted:
        if message.id and _empty(catalogue.get(message.id, message.context)):
            yield f"{language}: not translated: {message.id!r} ({message.locations[0][0]})"
    for message in catalogue:
        if message.id and wanted.get(message.id, message.context) is None:
            yield f"{language}: no page says this any more: {message.id!r}"
        elif message.id:
            yield from (f"{language}: {fault}: {message.id!r}" for fault in _malformed(catalogue, message))
    file = place(folder, language).with_suffix(".mo")
    if not file.exists() or file.read_bytes() != compiled(catalogue):
        yield f"{language}: {file.name} is older than its source"


def _empty(message: BabelMessage | None) -> bool:
    if message is None or message.fuzzy:
        return True
    return not (all(message.string) if isinstance(message.string, (tuple, list)) else message.string)


def _malformed(catalogue: Catalog, message: BabelMessage) -> Iterator[str]:
    yield from (str(error) for error in message.check(catalogue))
    asked, said = (set(PLACEHOLDER.findall(_last(text))) for text in (message.id, message.string))
    if asked != said and not _empty(message):
        yield "other placeholders than in the source"


def _last(text: object) -> str:
    """Return the text, or the plural of one that counts: a singular may do without its number."""
    return str(text[-1] if isinstance(text, (tuple, list)) else text)
