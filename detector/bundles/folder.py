"""A bundle's folder and its card, without PyTorch: who only reads cards need not load it."""

from pathlib import Path

from detector.bundles.card import Card, parse_card

WEIGHTS = "weights.safetensors"
CARD = "card.json"
_SHIPPED = Path(__file__).parent


class BundleError(Exception):
    """The folder is no bundle, its weights were changed, or they do not fit the architecture that the card names."""


def read_card(folder: Path) -> Card:
    """The card alone, without loading or checking weights. Raises BundleError."""
    try:
        return parse_card(read(folder / CARD).decode())
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BundleError(f"{folder / CARD} is not a card: {error}.") from error


def shipped(name: str) -> Path:
    """Folder of the shipped bundle of that name. Raises BundleError when there is none."""
    if name not in shipped_names():
        raise BundleError(f"No bundle named {name!r} is shipped; there are {', '.join(shipped_names()) or 'none'}.")
    return _SHIPPED / name


def shipped_names() -> list[str]:
    """Names of the bundles that come with the project, in alphabetical order."""
    return sorted(folder.name for folder in _SHIPPED.iterdir() if (folder / CARD).is_file())


def read(path: Path) -> bytes:
    """The file's bytes. Raises BundleError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise BundleError(f"{path} cannot be read: {error.strerror}.") from error
