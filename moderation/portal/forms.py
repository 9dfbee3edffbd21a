"""What the pages for everyone send: a picture in one of three ways, and what somebody says about an answer."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.http import MAX_URL
from foundation.problems import Problem
from moderation.portal import examples
from moderation.verdicts.models import HumanLabel


@dataclass(frozen=True)
class Given:
    """A picture's bytes with its file name, or the address at which it lies."""

    data: bytes = b""
    name: str = ""
    url: str = ""


def given_picture(request: HttpRequest) -> Given:
    """Return what was sent.

    Raises:
        Problem: ``invalid`` when nothing was chosen, ``too-large`` before a large file is read.
    """
    if "example" in request.POST:
        return _example(request.POST["example"])
    file = request.FILES.get("file")
    if isinstance(file, UploadedFile):
        return _file(file)
    if url := request.POST.get("url", "").strip():
        return _address(url)
    raise Problem("invalid", _("No picture was chosen."))


def _file(file: "UploadedFile[Any]") -> Given:
    if (file.size or 0) > settings.IMAGE_MAX_BYTES:
        limit = settings.IMAGE_MAX_BYTES // 1_000_000
        raise Problem("too-large", _("The file is larger than %(limit)d MB.") % {"limit": limit})
    return Given(file.read(), file.name or "")


def _address(url: str) -> Given:
    if len(url) > MAX_URL or "\x00" in url:
        raise Problem("invalid", _("This is no address of a picture."))
    return Given(url=url)


def _example(name: str) -> Given:
    example = examples.everything().get(name)
    if example is None:
        raise Problem("invalid", _("There is no such example."))
    return Given(example.read(), example.file)


class ReportForm(forms.Form):
    """What somebody holds a picture to be, and why."""

    expected = forms.ChoiceField(choices=[one for one in HumanLabel.choices if one[0] != HumanLabel.CANNOT_TELL])
    note = forms.CharField(required=False, max_length=2000)


class AppealForm(forms.Form):
    statement = forms.CharField(
        max_length=4000, error_messages={"required": gettext_lazy("Say in a few words why the answer is wrong.")}
    )


def said(form: forms.Form) -> dict[str, Any]:
    """Return what a form holds.

    Raises:
        Problem: ``invalid``, with a sentence for each fault.
    """
    if form.is_valid():
        return form.cleaned_data
    faults = [{"pointer": f"#/{name}", "detail": str(text)} for name, texts in form.errors.items() for text in texts]
    raise Problem("invalid", _("It was not sent."), errors=faults)
