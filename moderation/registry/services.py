"""Know bundles, and say which one serves a role."""

from dataclasses import asdict
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from detector import bundles
from moderation.audit import services as audit
from moderation.registry.models import ModelState, ModelVersion

SHIPPED = "shipped:"
ROLE_LOCK = 0x726F6C


def register_shipped(*, actor: str = "system") -> list[ModelVersion]:
    """Register every bundle that comes with Assay, and put it in service where its role has none.

    A shipped bundle that is newer than the shipped one in service takes its place: an update of Assay updates its
    models, while a model that an administrator promoted stays.
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
    if serving is None or (created and serving.location.startswith(SHIPPED)):
        promote(model, actor=actor)
    return model


@transaction.atomic
def promote(model: ModelVersion, *, actor: str) -> ModelVersion | None:
    """Put ``model`` in service for its role and retire the one before; return that one.

    Two promotions at once are made one after the other.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [ROLE_LOCK, model.role])
    previous = ModelVersion.objects.filter(role=model.role, state=ModelState.IN_SERVICE).exclude(pk=model.pk).first()
    ModelVersion.objects.filter(role=model.role, state=ModelState.IN_SERVICE).exclude(pk=model.pk).update(
        state=ModelState.RETIRED
    )
    ModelVersion.objects.filter(pk=model.pk).update(state=ModelState.IN_SERVICE, promoted_at=timezone.now())
    model.refresh_from_db()
    audit.record(actor, "model.promoted", model.pk, {"role": model.role, "previous": previous and previous.pk})
    return previous


def in_service() -> dict[str, ModelVersion]:
    """Return the model in service for each role that has one."""
    return {model.role: model for model in ModelVersion.objects.filter(state=ModelState.IN_SERVICE).order_by("role")}


def folder(model: ModelVersion) -> Path:
    """Return the folder of the model's bundle on this machine."""
    if model.location.startswith(SHIPPED):
        return bundles.shipped(model.location.removeprefix(SHIPPED))
    return Path(settings.MEDIA_ROOT) / model.location
