"""Taking images in: what is kept, what is refused, and that a refusal leaves nothing behind."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from PIL import Image

from foundation import broker
from foundation.problems import Problem
from moderation.intake.models import Priority, Purpose, Source, State, StoredImage, Submission, Work
from moderation.intake.services import Particulars, submit
from tests.factories import ClientFactory, picture

pytestmark = pytest.mark.django_db
PAGE = Particulars(source=Source.PAGE)


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def test_submission_is_queued_with_one_work_and_its_bytes() -> None:
    client = ClientFactory.create()
    data = picture(80, 40)
    particulars = Particulars(
        source=Source.API, file_name="a.png", external_id="post-42", metadata={"a": 1}, priority=Priority.HIGH
    )

    submission = submit(client, data, particulars)

    assert submission.state == State.QUEUED
    assert (submission.external_id, submission.metadata, submission.file_name) == ("post-42", {"a": 1}, "a.png")
    image = submission.picture
    assert (image.sha256, image.media_type) == (hashlib.sha256(data).hexdigest(), "image/png")
    assert (image.width, image.height, image.bytes) == (80, 40, len(data))
    assert default_storage.open(image.path).read() == data
    work = Work.objects.get(submission=submission)
    assert (work.purpose, work.priority, work.attempts, work.token) == (Purpose.FIRST, Priority.HIGH, 0, None)


def test_same_bytes_from_the_same_client_are_one_file_and_two_submissions() -> None:
    client = ClientFactory.create()
    data = picture()

    first, second = submit(client, data, PAGE), submit(client, data, PAGE)

    assert first.image == second.image
    assert first.pk != second.pk
    assert StoredImage.objects.count() == 1


def test_same_bytes_from_another_client_are_another_file() -> None:
    data = picture()

    first, second = submit(ClientFactory.create(), data, PAGE), submit(ClientFactory.create(), data, PAGE)

    assert first.picture.path != second.picture.path


def test_size_is_that_of_the_upright_picture() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6

    submission = submit(ClientFactory.create(), picture(80, 40, format_="JPEG", exif=exif), PAGE)

    assert (submission.picture.width, submission.picture.height) == (40, 80)


REFUSED = {
    "empty": (b"", "unsupported-media-type"),
    "text": (b"hello", "unsupported-media-type"),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', "unsupported-media-type"),
    "pdf": (b"%PDF-1.7\n", "unsupported-media-type"),
    "cut jpeg": (picture(200, 200, format_="JPEG")[:-400], "image-undecodable"),
    "cut png": (picture(200, 200)[:-60], "image-undecodable"),
    "too small": (picture(31, 64), "image-too-small"),
    "gif polyglot": (b"GIF89a=1;alert(1)//" + b"\x00" * 64, "image-undecodable"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusal_stores_nothing(name: str) -> None:
    data, code = REFUSED[name]

    with pytest.raises(Problem) as refusal:
        submit(ClientFactory.create(), data, PAGE)

    assert refusal.value.code == code
    assert not Submission.objects.exists()
    assert not StoredImage.objects.exists()
    assert not Work.objects.exists()
    assert list(Path(settings.MEDIA_ROOT).rglob("*")) == []


def test_more_bytes_than_the_limit_are_refused(settings: Any) -> None:
    settings.IMAGE_MAX_BYTES = 100

    with pytest.raises(Problem, match="too-large"):
        submit(ClientFactory.create(), picture(), PAGE)

    assert not Submission.objects.exists()


def test_more_pixels_than_the_limit_are_refused_before_they_are_decoded(settings: Any) -> None:
    settings.IMAGE_MAX_PIXELS = 1_000
    buffer = BytesIO()
    Image.new("1", (64, 64)).save(buffer, "PNG")

    with pytest.raises(Problem, match="image-too-many-pixels"):
        submit(ClientFactory.create(), buffer.getvalue(), PAGE)


def test_nudge_leaves_only_after_the_commit(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    nudges: list[tuple[str, str]] = []
    monkeypatch.setattr(broker._sender, "put", lambda task, queue_name: nudges.append((task, queue_name)))

    with django_capture_on_commit_callbacks(execute=False) as callbacks:
        submit(ClientFactory.create(), picture(), PAGE)

    assert nudges == []
    for callback in callbacks:
        callback()
    assert nudges == [("analysis.analyse", "analysis")]


def test_same_bytes_at_once_are_one_whole_file(transactional_db: None) -> None:
    client = ClientFactory.create()
    data = picture(400, 300)

    def send(_: int) -> str:
        try:
            return submit(client, data, PAGE).picture.path
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        paths = set(pool.map(send, range(6)))

    files = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    assert len(paths) == len(files) == StoredImage.objects.count() == 1
    assert files[0].read_bytes() == data
    assert Submission.objects.count() == Work.objects.count() == 6
