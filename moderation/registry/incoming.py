"""A bundle's folder from outside: looked at, copied into the storage, and registered. Who trains brings it here."""

import json
import re
import tempfile
from dataclasses import asdict
from pathlib import Path, PurePosixPath
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction

from detector import bundles
from detector.bundles.folder import CARD, WEIGHTS, read
from moderation.audit import services as audit
from moderation.registry.models import ModelVersion

ROOM = "bundles"
LARGEST = {CARD: 1_000_000, WEIGHTS: 2_000_000_000}
LOCK = 0x62756E
LONGEST = {"name": 64, "version": 32}
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")


class Refused(Exception):
    """The folder cannot be registered; the message is one line for the person who tried."""


def register(folder: Path, *, role: str | None = None, actor: str) -> ModelVersion:
    """Copy the bundle in ``folder`` into the storage and register it; a bundle that is known already stays as it is.

    What is looked at is what is kept: both files are read once.

    Raises:
        Refused: it is no bundle, not one for ``role``, its weights are not its card's, or its name and version are
            another bundle's.
    """
    files = {name: _bytes(folder / name) for name in (CARD, WEIGHTS)}
    card = _looked_at(files)
    if role not in {None, card.role}:
        raise Refused(f"This bundle is made for the role {card.role!r}, not {role!r}.")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        known = ModelVersion.objects.filter(name=card.name, version=card.version).order_by("created_at").first()
        return _same(known, card) if known else _new(card, _keep(card, files), actor)


def _new(card: bundles.Card, location: str, actor: str) -> ModelVersion:
    told = {"role": card.role, "name": card.name, "version": card.version, "weights_sha256": card.weights_sha256}
    model = ModelVersion.objects.create(**told, location=location, card=_json(card))
    audit.record(actor, "model.registered", model.pk, told)
    return model


def _same(known: ModelVersion, card: bundles.Card) -> ModelVersion:
    """The registered model, if it is this very bundle: a name and version never change their meaning."""
    if known.weights_sha256 != card.weights_sha256:
        raise Refused(f"{known} is registered already with other weights; give the new ones another version.")
    if known.card != _json(card):
        raise Refused(f"{known} is registered already with another card; give the new one another version.")
    return known


def _bytes(path: Path) -> bytes:
    if not path.is_file():
        raise Refused(f"{path} is missing or no file.")
    if path.stat().st_size > LARGEST[path.name]:
        raise Refused(f"{path} is larger than {LARGEST[path.name] // 1_000_000} MB.")
    try:
        return read(path)
    except bundles.BundleError as error:
        raise Refused(str(error)) from error


def _looked_at(files: dict[str, bytes]) -> bundles.Card:
    """The card of a bundle that can serve, loaded from a folder where nobody changes it meanwhile."""
    from detector.trial import Unfit, require_fit  # noqa: PLC0415  brings PyTorch, which a web process never needs

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, content in files.items():
            (folder / file).write_bytes(content)
        try:
            bundle = bundles.load(folder)
            require_fit(bundle)
        except bundles.BundleError as error:
            raise Refused(str(error).replace(f"{folder}/", "").replace(f" in {folder}", "")) from error
        except Unfit as error:
            raise Refused(f"This bundle cannot serve: {error}.") from error
        except Exception as error:
            raise Refused(f"This is no bundle: {type(error).__name__}.") from error
    _require_keepable(bundle.card)
    return bundle.card


def _require_keepable(card: bundles.Card) -> None:
    for field, longest in LONGEST.items():
        value = getattr(card, field)
        if not isinstance(value, str) or not _NAME.fullmatch(value) or ".." in value or len(value) > longest:
            raise Refused(
                f"The card's {field} must be at most {longest} letters, digits, dots, hyphens and underscores, "
                "beginning and ending with a letter or digit."
            )
    try:
        text = json.dumps(asdict(card), allow_nan=False, ensure_ascii=False)
        kept = "\\u0000" not in text and bool(text.encode())
    except ValueError:
        kept = False
    if not kept:
        raise Refused("The card has numbers or characters that a database cannot keep.")


def _keep(card: bundles.Card, files: dict[str, bytes]) -> str:
    location = PurePosixPath(ROOM, card.role, card.name, card.version, card.weights_sha256[:16])
    for name, content in files.items():
        default_storage.save(str(location / name), ContentFile(content))
    return str(location)


def _json(card: bundles.Card) -> dict[str, Any]:
    """The card as the database gives it back."""
    found: dict[str, Any] = json.loads(json.dumps(asdict(card)))
    return found
