from typing import ClassVar

from django.db import models
from django.utils import timezone

from foundation.ids import IdField
from moderation.clients.models import Client
from moderation.intake.models import StoredImage, Submission

DIGITS = 64  # of 256 bits in hexadecimal


class KnownLabel(models.TextChoices):
    """What a known picture is; of one that nobody could tell there is nothing to know."""

    REAL = "real"
    AI_GENERATED = "ai_generated"
    EDITED = "edited"


class KnownSource(models.TextChoices):
    BANK = "bank", "Put into the client's bank"
    DECISION = "decision", "A person decided"


class MatchKind(models.TextChoices):
    EXACT = "exact"
    NEAR = "near"


class ImageHashes(models.Model):
    """The perceptual hashes of an image, whole first, 32 bytes each one after the other; empty for a flat one."""

    image = models.OneToOneField(StoredImage, on_delete=models.CASCADE, primary_key=True, related_name="hashes")
    hashes = models.BinaryField()

    class Meta:
        verbose_name_plural = "image hashes"

    def __str__(self) -> str:
        return f"hashes of {self.image_id}"


class KnownImage(models.Model):
    """A picture of which a client knows what it is: its own word, or what a person decided on a submission."""

    id = IdField(prefix="kim")
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="known_images")
    sha256 = models.CharField(max_length=DIGITS, blank=True)
    phash = models.CharField(max_length=DIGITS, blank=True, help_text="hexadecimal, of the whole picture")
    label = models.CharField(max_length=16, choices=KnownLabel.choices)
    note = models.TextField(blank=True, max_length=2000)
    source = models.CharField(max_length=8, choices=KnownSource.choices)
    submission = models.OneToOneField(Submission, on_delete=models.CASCADE, null=True, related_name="known_image")
    crops_due = models.BooleanField(default=False, help_text="a worker has yet to hash its crops")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["client", "sha256"], name="known_by_content"),
            models.Index(fields=["client", "phash"], name="known_by_phash"),
            models.Index(fields=["client", "-id"], name="known_by_client"),
            models.Index(fields=["id"], name="known_uncropped", condition=models.Q(crops_due=True)),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.sha256[:12] or self.phash[:12]}"


class KnownHash(models.Model):
    """One perceptual hash under which a known picture is found; numbered in the order of commits of its client."""

    known = models.ForeignKey(KnownImage, on_delete=models.CASCADE, related_name="hashes")
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="known_hashes")
    bits = models.BinaryField(help_text="32 bytes")

    class Meta:
        verbose_name_plural = "known hashes"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["client", "id"], name="hash_by_client")]

    def __str__(self) -> str:
        return f"hash {self.pk} of {self.known_id}"


class Match(models.Model):
    """A known picture that a submission was found alike when it was judged; what it knew then stays."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="matches")
    kind = models.CharField(max_length=5, choices=MatchKind.choices)
    label = models.CharField(max_length=16, choices=KnownLabel.choices)
    distance = models.PositiveSmallIntegerField(help_text="bits of 256 that differ; 0 where the bytes are the same")
    known = models.ForeignKey(KnownImage, on_delete=models.SET_NULL, null=True, related_name="matches")
    other = models.ForeignKey(Submission, on_delete=models.SET_NULL, null=True, related_name="matched_by")

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        verbose_name_plural = "matches"

    def __str__(self) -> str:
        return f"{self.kind} {self.label}"
