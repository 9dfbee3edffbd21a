"""Names out of files and archives on a terminal: nothing in them is obeyed."""

import os
from pathlib import Path

from rich.text import Text


def shown(name: str | Path) -> str:
    """A name with every character that is no text, and every byte that is no UTF-8, as a question mark."""
    text = os.fsencode(name).decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def plain(name: str | Path) -> Text:
    """The same for a table: markup in it stays as it is written."""
    return Text(shown(name))
