"""Words of a template that stand outside every translation tag."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from django.template.base import DebugLexer, Token, TokenType

READ_OUT = {"alt", "aria-label", "aria-description", "placeholder", "title", "label"}
NOT_WORDS = {"code", "kbd", "script", "style", "pre"}
EMPTY = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
NAMES = {
    "Assay",
    "API",
    "URL",
    "JSON",
    "CSV",
    "JSONL",
    "SHA-256",
    "SHA",
    "HTTP",
    "curl",
    "Python",
    "kB",
    "MB",
    "px",
    "ms",
}
WORD = re.compile(r"[^\W\d_][^\W\d_-]+")
LITERAL = re.compile(r"""_\((?:"[^"]*"|'[^']*')\)|"([^"]*)"|'([^']*)'""")
UNSEEN_TAGS = {
    "translate",
    "trans",
    "blocktranslate",
    "blocktrans",
    "url",
    "static",
    "load",
    "extends",
    "if",
    "elif",
    "now",
}
SKIPPED = {"comment": "endcomment", "blocktranslate": "endblocktranslate", "blocktrans": "endblocktrans"}


def words(template: str) -> list[tuple[int, str]]:
    """Return the line and the text of each piece with words that no translation tag holds."""
    tokens = DebugLexer(template).tokenize()
    reader = _Reader()
    reader.feed("".join(_blanked(tokens)))
    reader.close()
    return sorted([*reader.found, *_given(tokens)])


def _given(tokens: list[Token]) -> Iterator[tuple[int, str]]:
    """Yield what tags and filters are given to show: literals that begin with a capital or hold several words."""
    for token in tokens:
        if token.token_type in {TokenType.BLOCK, TokenType.VAR} and token.contents.split()[:1][0] not in UNSEEN_TAGS:
            for match in LITERAL.finditer(token.contents):
                text = match.group(1) or match.group(2) or ""
                if _shown(text):
                    yield token.lineno or 0, text


def _shown(text: str) -> bool:
    return bool(set(WORD.findall(text)) - NAMES) and (text[:1].isupper() or " " in text)


def _blanked(tokens: list[Token]) -> Iterator[str]:
    """Yield the template's text with tags, variables and translated blocks blanked; lines keep their numbers."""
    until = None
    for token in tokens:
        name = token.contents.split()[0] if token.token_type == TokenType.BLOCK and token.contents else ""
        if token.token_type == TokenType.TEXT and until is None:
            yield token.contents
        else:
            yield "\n" * token.contents.count("\n")
        until = SKIPPED.get(name, until) if until is None else (None if name == until else until)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[int, str]] = []
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kept = ("translate", "no") in attrs
        if tag not in EMPTY:
            self._open.append((tag, kept or tag in NOT_WORDS))
        for name, value in attrs:
            if name in READ_OUT and value and not kept:
                self._keep(value)

    def handle_endtag(self, tag: str) -> None:
        if any(tag == opened for opened, _ in self._open):
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not any(kept for _, kept in self._open):
            self._keep(data)

    def _keep(self, text: str) -> None:
        if set(WORD.findall(text)) - NAMES:
            self.found.append((self.getpos()[0], " ".join(text.split())))
