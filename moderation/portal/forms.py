"""What the check page sends: a file of the visitor's, or the name of an example."""

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from foundation.problems import Problem
from moderation.portal import examples


def given_image(request: HttpRequest) -> tuple[bytes, str]:
    """Return the bytes and the file name of what was sent.

    Raises:
        Problem: ``invalid`` when nothing was chosen, ``too-large`` before a large file is read.
    """
    if "example" in request.POST:
        return _example(request.POST["example"])
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise Problem("invalid", "No picture was chosen.")
    if (file.size or 0) > settings.IMAGE_MAX_BYTES:
        raise Problem("too-large", f"The file is larger than {settings.IMAGE_MAX_BYTES // 1_000_000} MB.")
    return file.read(), file.name or ""


def _example(name: str) -> tuple[bytes, str]:
    example = examples.everything().get(name)
    if example is None:
        raise Problem("invalid", "There is no such example.")
    return example.read(), example.file
