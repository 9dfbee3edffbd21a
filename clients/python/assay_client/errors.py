"""What can go wrong. Every exception can be pickled, so that task queues carry it."""

from collections.abc import Mapping
from typing import Any

from assay_client.documents import Document


class AssayError(Exception):
    """Anything that this package raises of its own."""


class Problem(AssayError):
    """Assay refused, with a problem document (RFC 9457). Read ``code``: it is stable, the sentences are not.

    Attributes:
        status: the HTTP status.
        code: the problem's slug, such as ``rate-limited``; None where something before Assay answered.
        detail: a sentence about this occurrence.
        errors: a pointer, parameter or header, and a sentence, for each value at fault.
        type: the address of a page that explains the problem.
        retry_after: seconds that the answer asked to wait, or None.
        request_id: what to quote to the operator, or None.
        document: the whole document.
    """

    def __init__(
        self,
        status: int,
        document: Mapping[str, Any],
        retry_after: float | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(status, document, retry_after, request_id)
        self.status = status
        self.document = document
        self.retry_after = retry_after
        self.request_id = request_id
        self.code: str | None = document.get("code")
        self.type: str = document.get("type") or "about:blank"
        self.title: str = document.get("title") or ""
        self.detail: str = document.get("detail") or self.title
        self.errors: list[dict[str, str]] = document.get("errors") or []

    def __str__(self) -> str:
        faults = "".join(f" ({where(one)}: {one.get('detail', '')})" for one in self.errors)
        return f"{self.status} {self.code or 'no problem document'}: {self.detail}{faults}"


class Unreachable(AssayError):
    """No answer came, or none that Assay would give, however often it was asked."""


class StillWaiting(AssayError):
    """The verdict was not there in time; ``document`` is the submission as it stood then."""

    def __init__(self, document: Document) -> None:
        super().__init__(document)
        self.document = document

    def __str__(self) -> str:
        return f"{self.document['id']} is still {self.document['state']}."


class SignatureInvalid(AssayError):
    """A webhook was not signed with the endpoint's secret, or too long ago: answer 401 and do not read it."""


def where(error: Mapping[str, str]) -> str:
    """Return what an entry of ``errors`` is about."""
    return next((error[kind] for kind in ("pointer", "parameter", "header") if kind in error), "")
