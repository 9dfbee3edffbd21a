"""Take in what the API was sent: a form with a file, or JSON with a URL or the bytes."""

from typing import Any

from moderation.clients.models import Client
from moderation.intake.models import Source, Submission
from moderation.intake.serializers import ImportItem, ParticularsForm, SubmissionItem, SubmissionUpload
from moderation.intake.services import Particulars, submit, submit_url


def submit_upload(client: Client, form: Any) -> Submission:
    """Take in a multipart form (``SubmissionUpload``).

    Raises:
        rest_framework.exceptions.ValidationError: a field is not valid.
        Problem: the image is refused.
    """
    given = _valid(SubmissionUpload(data=form))
    file = given.pop("file")
    return submit(client, file.read(), Particulars(source=Source.API, file_name=file.name or "", **given))


def submit_item(client: Client, item: Any) -> Submission:
    """Take in a JSON value (``SubmissionItem``); raises as :func:`submit_upload` does."""
    given = _valid(SubmissionItem(data=item))
    url, data = given.pop("url"), given.pop("image_base64")
    particulars = Particulars(source=Source.API, **given)
    return submit(client, data, particulars) if url is None else submit_url(client, url, particulars)


def submit_row(client: Client, row: Any) -> Submission:
    """Take in one row of an import (``ImportItem``); raises as :func:`submit_upload` does."""
    given = _valid(ImportItem(data=row))
    return submit_url(client, given.pop("url"), Particulars(source=Source.IMPORT, **given))


def _valid(form: ParticularsForm) -> dict[str, Any]:
    form.is_valid(raise_exception=True)
    return dict(form.validated_data)
