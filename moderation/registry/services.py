"""Know bundles, and say which one serves a role."""

from dataclasses import asdict
from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection, transaction
from django.utils import timezone

from detector import bundles
from moderation.audit import services as audit
from moderation.clients.models import Client
from moderation.events import services as events
from moderation.registry.fetching import fetched
from moderation.registry.models import ModelState, ModelVersion

SHIPPED = "shipped:"
ROLE_LOCK = 0x726F6C


def register_shipped(*, actor: str = "system") -> list[ModelVersion]:
    """Register every bundle that comes with Assay, and put the one named like its role in service where there is none.

    A shipped bundle takes the place of the shipped one in service when it is new here, or lies where that one lay:
    installing another version of Assay, newer or older, changes its models, while one of the storage that an
    administrator promoted stays.
    """
    return [_register_one(name, actor) for name in bundles.shipped_names()]


@transaction.atomic
def _register_one(name: str, actor: str) -> ModelVersion:
    card = bundles.read_card(bundles.shipped(name))
    model, created = ModelVersion.objects.get_or_create(
        name=card.name,
        version=card.version,
        weights_sha256=card.weights_sha256,
        defaults={"role": card.role, "location": SHIPPED + name, "card": asdict(card)},
    )
    serving = in_service().get(card.role)
    gives_way = serving is None or (serving.pk != model.pk and _gives_way(serving, model, new=created))
    if name == card.role and gives_way:
        promote(model, actor=actor)
    return model


def _gives_way(serving: ModelVersion, shipped: ModelVersion, *, new: bool) -> bool:
    return serving.location.startswith(SHIPPED) and (new or serving.location == shipped.location)


@transaction.atomic
def promote(model: ModelVersion, *, actor: str) -> ModelVersion | None:
    """Put ``model`` in service for its role and retire the one before; return that one. Every client is told.

    Two promotions at once are made one after the other; to promote what serves already tells nobody.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [ROLE_LOCK, model.role])
    is_new = not ModelVersion.objects.filter(pk=model.pk, state=ModelState.IN_SERVICE).exists()
    previous = ModelVersion.objects.filter(role=model.role, state=ModelState.IN_SERVICE).exclude(pk=model.pk).first()
    ModelVersion.objects.filter(role=model.role, state=ModelState.IN_SERVICE).exclude(pk=model.pk).update(
        state=ModelState.RETIRED
    )
    ModelVersion.objects.filter(pk=model.pk).update(state=ModelState.IN_SERVICE, promoted_at=timezone.now())
    model.refresh_from_db()
    audit.record(actor, "model.promoted", model.pk, {"role": model.role, "previous": previous and previous.pk})
    if is_new:
        _tell(model, previous)
    return previous


def _tell(model: ModelVersion, previous: ModelVersion | None) -> None:
    """Record ``model.promoted`` for every client that is active (HTTP.md, "Webhook bodies")."""
    data = {
        "model": model.pk,
        "role": model.role,
        "version": model.version,
        "previous": previous.pk if previous else None,
    }
    for client in Client.objects.filter(is_active=True).order_by("pk"):
        events.record(client, "model.promoted", model.pk, data)


def in_service() -> dict[str, ModelVersion]:
    """Return the model in service for each role that has one, its long card left in the database until asked for."""
    serving = ModelVersion.objects.filter(state=ModelState.IN_SERVICE).defer("card").order_by("role")
    return {model.role: model for model in serving}


def folder(model: ModelVersion) -> Path:
    """Return the folder of the model's bundle on this machine; one that lies in S3 is fetched the first time.

    Raises:
        OSError: the storage does not have it.
        django.core.exceptions.SuspiciousFileOperation: the row names a folder outside the storage.
    """
    if model.location.startswith(SHIPPED):
        return bundles.shipped(model.location.removeprefix(SHIPPED))
    if isinstance(default_storage, FileSystemStorage):
        return Path(default_storage.path(model.location))
    return fetched(model.location, settings.CACHE / "bundles" / model.pk)
