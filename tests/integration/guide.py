"""The blocks of docs/integrate.md that bear a file name."""

import re
from pathlib import Path

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "integrate.md"
BLOCK = re.compile(r"^```(\w+) (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks() -> dict[str, str]:
    """Return file name to text."""
    return {name: text for _, name, text in BLOCK.findall(GUIDE.read_text())}


def write(folder: Path) -> None:
    """Write every block to its file in ``folder``."""
    for name, text in blocks().items():
        (folder / name).write_text(text)
