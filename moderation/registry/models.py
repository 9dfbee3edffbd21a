from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from foundation.ids import IdField


class ModelState(models.TextChoices):
    CHALLENGER = "challenger"
    SHADOW = "shadow"
    IN_SERVICE = "in_service"
    RETIRED = "retired"
    REJECTED = "rejected"


class ModelVersion(models.Model):
    """A bundle that this installation knows: immutable but for its state."""

    id = IdField(prefix="mdl")
    role = models.CharField(max_length=32)
    name = models.CharField(max_length=64)
    version = models.CharField(max_length=32)
    location = models.CharField(max_length=255, help_text="'shipped:NAME', or a folder of the storage")
    weights_sha256 = models.CharField(max_length=64)
    card = models.JSONField(default=dict)
    state = models.CharField(max_length=16, choices=ModelState.choices, default=ModelState.CHALLENGER)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    promoted_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["name", "version", "weights_sha256"], name="one_row_per_bundle"),
            models.UniqueConstraint(
                fields=["role"], condition=Q(state=ModelState.IN_SERVICE), name="one_model_in_service_per_role"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"
