from django.db import models

from moderation.verdicts.models import Finding


class Heatmap(models.Model):
    """A finding's map at its native size, with the part of the upright image that it covers."""

    finding = models.OneToOneField(Finding, on_delete=models.CASCADE, primary_key=True, related_name="heatmap")
    values = models.BinaryField(help_text="height x width bytes, 0 little to 255 much influence")
    height = models.PositiveSmallIntegerField()
    width = models.PositiveSmallIntegerField()
    region = models.JSONField(help_text="[x, y, width, height], upright pixels")
    image_width = models.PositiveIntegerField()
    image_height = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.width} x {self.height} of {self.finding_id}"


class WorkerSeen(models.Model):
    """The last sign of life of an analysis worker."""

    name = models.CharField(max_length=200, primary_key=True)
    device = models.CharField(max_length=64)
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "workers seen"

    def __str__(self) -> str:
        return self.name
