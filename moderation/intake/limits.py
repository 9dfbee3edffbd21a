"""The installation's limits on images, from settings."""

from django.conf import settings

from detector.images import Limits


def current() -> Limits:
    return Limits(
        max_bytes=settings.IMAGE_MAX_BYTES,
        max_pixels=settings.IMAGE_MAX_PIXELS,
        max_side=settings.IMAGE_MAX_SIDE,
        max_frames=settings.IMAGE_MAX_FRAMES,
        min_side=settings.IMAGE_MIN_SIDE,
    )
