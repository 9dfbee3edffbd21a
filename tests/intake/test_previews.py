"""Pictures for people's eyes: upright JPEGs of whatever was submitted, for whoever may see it."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.test import Client as Browser
from PIL import Image

from detector.images import ImageRefused
from foundation import links
from moderation.clients.models import Role
from moderation.intake.models import Submission
from moderation.intake.previews import preview, thumbnail
from tests.factories import SubmissionFactory, person, picture, stored

LANDSCAPE_LYING = 6


@pytest.fixture
def submission(db: None, settings: Any, tmp_path: Path) -> Submission:
    settings.MEDIA_ROOT = tmp_path
    return stored(SubmissionFactory.create(), picture(640, 480))


def image_of(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    assert image.format == "JPEG"
    return image


def turned() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = LANDSCAPE_LYING
    return picture(320, 240, format_="JPEG", exif=exif)


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"])
def test_every_format_becomes_a_jpeg_of_its_own_size(format_: str) -> None:
    assert image_of(preview(picture(320, 240, format_=format_))).size == (320, 240)
    assert image_of(thumbnail(picture(320, 240, format_=format_))).size == (224, 168)


def test_large_picture_is_at_most_1600_pixels_long() -> None:
    assert image_of(preview(picture(3200, 1200))).size == (1600, 600)


def test_small_picture_is_not_enlarged() -> None:
    assert image_of(preview(picture(64, 48))).size == (64, 48)
    assert image_of(thumbnail(picture(64, 48))).size == (64, 48)


def test_picture_that_lay_on_its_side_stands_upright() -> None:
    assert image_of(preview(turned())).size == (240, 320)
    assert image_of(thumbnail(turned())).size == (168, 224)


def test_nothing_of_the_metadata_is_passed_on() -> None:
    assert not image_of(preview(turned())).getexif()
    assert not image_of(thumbnail(turned())).getexif()


def test_what_is_no_image_is_refused() -> None:
    with pytest.raises(ImageRefused):
        preview(b"not an image")
    with pytest.raises(OSError, match="cannot identify"):
        thumbnail(b"not an image")


@pytest.mark.parametrize("kind", ["preview", "thumbnail"])
def test_signed_link_opens_its_own_picture_only(
    client: Browser, submission: Submission, kind: str, settings: Any
) -> None:
    path = f"/api/v1/submissions/{submission.pk}/{kind}.jpg"

    answer = client.get(links.sign(path, settings.LINK_LIFETIME))

    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert client.get(path).status_code == 401
    assert (
        client.get(links.sign("/api/v1/other", settings.LINK_LIFETIME).replace("/api/v1/other", path)).status_code
        == 401
    )


@pytest.mark.parametrize(("role", "status"), [(Role.MODERATOR, 200), (Role.VIEWER, 200), (None, 403)])
def test_person_sees_it_by_role(client: Browser, submission: Submission, role: Role | None, status: int) -> None:
    client.force_login(person(role), "django.contrib.auth.backends.ModelBackend")

    assert client.get(f"/api/v1/submissions/{submission.pk}/thumbnail.jpg").status_code == status


@pytest.mark.parametrize("kind", ["preview", "thumbnail"])
def test_lost_file_is_gone_not_a_failure(client: Browser, submission: Submission, kind: str, tmp_path: Path) -> None:
    (tmp_path / submission.picture.path).unlink()
    client.force_login(person(Role.MODERATOR), "django.contrib.auth.backends.ModelBackend")

    answer = client.get(f"/api/v1/submissions/{submission.pk}/{kind}.jpg")

    assert (answer.status_code, answer.json()["code"]) == (410, "gone")


@pytest.mark.parametrize("mode", ["I;16", "LA", "RGBA"])
def test_thumbnail_has_the_colours_that_the_models_see(mode: str) -> None:
    made = Image.linear_gradient("L").resize((320, 240))
    if mode == "I;16":
        image = Image.frombytes(mode, made.size, b"".join(bytes([0, value]) for value in made.tobytes()))
    else:
        image = made.convert(mode)
        image.putalpha(0)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")

    seen = [image_of(make(buffer.getvalue())).resize((1, 1), Image.Resampling.BOX) for make in (preview, thumbnail)]

    (first, _, _), (second, _, _) = (one.convert("RGB").getpixel((0, 0)) for one in seen)  # type: ignore[misc]
    assert first == pytest.approx(second, abs=2)
    assert first == pytest.approx(127 if mode == "I;16" else 255, abs=2)
