"""The client for asyncio and trio: :class:`Assay` with ``await`` and ``async for``."""

import math
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from os import PathLike
from types import TracebackType
from typing import Any, Self, Unpack

import anyio
import httpx

from assay_client import answers, calls
from assay_client.answers import Patience
from assay_client.calls import Call, FilterValue, Label, Sending
from assay_client.documents import (
    Appeal,
    AuthorErasure,
    BatchResult,
    Decision,
    Document,
    Receipt,
    Report,
)
from assay_client.errors import Problem, StillWaiting
from assay_client.retries import Outcome, Retries


class AsyncAssay:
    """A client's way to Assay. Safe to share between tasks; close it, or use it as an async context manager.

    Every method raises :class:`Problem` where Assay refuses and :class:`Unreachable` where no answer comes.

    Args:
        site: where Assay is, such as ``https://assay.example``.
        key: ``ask_...``.
        retries: how often to ask, and how long to pause.
        timeout: seconds for connecting, and between two pieces of an answer.
    """

    def __init__(self, site: str, *, key: str, retries: Retries | None = None, timeout: float = 30.0) -> None:
        self.site = site
        self._retries = retries or Retries()
        self._timeout = timeout
        self._http = httpx.AsyncClient(**answers.options(site, key, timeout))

    def __repr__(self) -> str:
        return f"AsyncAssay({self.site!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def submit_file(self, path: str | PathLike[str], **given: Unpack[Sending]) -> Document:
        """Submit a picture that lies in a file. With ``wait`` the document may hold the verdict already."""
        file = anyio.Path(path)
        return await self.submit_bytes(await file.read_bytes(), name=file.name, **given)

    async def submit_bytes(self, image: bytes, *, name: str = "picture", **given: Unpack[Sending]) -> Document:
        """Submit a picture's bytes."""
        return answers.document(await self._send(calls.submit_bytes(image, name, given)))

    async def submit_url(self, url: str, **given: Unpack[Sending]) -> Document:
        """Submit a picture by its address, which Assay fetches; what goes wrong then is the document's ``failure``."""
        return answers.document(await self._send(calls.submit_url(url, given)))

    async def submit_batch(
        self, items: Sequence[Mapping[str, Any]], *, idempotency_key: str | None = None
    ) -> list[BatchResult]:
        """Submit up to a hundred items, each with ``url`` or ``image_base64`` and what :class:`Description` has."""
        results: list[BatchResult] = (await self._value(calls.submit_batch(items, idempotency_key)))["results"]
        return results

    async def get(self, submission_id: str, *, wait: int | None = None) -> Document:
        """Return a submission, held for up to ``wait`` seconds until its verdict is there."""
        return answers.document(await self._send(calls.get(calls.of_submission(submission_id), wait=wait)))

    async def wait(self, submission_id: str, *, timeout: float = 60.0) -> Document:
        """Return a submission once it is analysed or failed.

        Raises:
            StillWaiting: it was neither within ``timeout`` seconds.
        """
        patience = Patience(timeout)
        while True:
            call = calls.get(calls.of_submission(submission_id), wait=patience.hold())
            response = await self._send(call, patience.ends)
            found = answers.document(response)
            if found["state"] in answers.FINISHED:
                return found
            if not patience.left:
                raise StillWaiting(found)
            await anyio.sleep(patience.pause(response))

    def submissions(self, **filters: FilterValue) -> AsyncIterator[Document]:
        """Go through the submissions, the newest first, page by page; filters as ``GET /submissions`` has them."""
        return self._list("/submissions", filters)

    async def decide(
        self,
        submission_id: str,
        label: Label,
        *,
        reason_code: str | None = None,
        note: str = "",
        idempotency_key: str | None = None,
    ) -> Decision:
        """Decide what a picture is; the verdict gets a further revision."""
        decision: Decision = await self._value(calls.decide(submission_id, label, reason_code, note, idempotency_key))
        return decision

    def decisions(self, submission_id: str) -> AsyncIterator[Decision]:
        """Go through what was decided on a submission, the newest first."""
        return self._list(calls.of_submission(submission_id, "/decisions"), {})

    async def report(
        self, submission_id: str, expected: Label, *, note: str = "", idempotency_key: str | None = None
    ) -> Report:
        """Say that the verdict is wrong."""
        made: Report = await self._value(calls.report(submission_id, expected, note, idempotency_key))
        return made

    def reports(self, **filters: FilterValue) -> AsyncIterator[Report]:
        """Go through the reports and what became of them."""
        return self._list("/reports", filters)

    async def appeal(self, submission_id: str, statement: str, *, idempotency_key: str | None = None) -> Appeal:
        """Appeal on behalf of the author; one appeal of a submission can be open."""
        made: Appeal = await self._value(calls.appeal(submission_id, statement, idempotency_key))
        return made

    def appeals(self, **filters: FilterValue) -> AsyncIterator[Appeal]:
        """Go through the appeals and their outcome."""
        return self._list("/appeals", filters)

    async def get_appeal(self, appeal_id: str) -> Appeal:
        """Return one appeal."""
        found: Appeal = await self._value(calls.get(f"/appeals/{calls.segment(appeal_id)}"))
        return found

    async def erase(self, submission_id: str) -> Receipt:
        """Erase a submission with all that hangs on it; for one that was erased before, return that receipt."""
        try:
            receipt: Receipt = await self._value(Call("DELETE", calls.of_submission(submission_id)))
        except Problem as problem:
            if problem.code != "gone":
                raise
            receipt = await anext(self.erasures(submission=submission_id))
        return receipt

    async def erase_author(self, author_id: str) -> AuthorErasure:
        """Have all erased that an author submitted until now; receipts follow in :meth:`erasures`."""
        order: AuthorErasure = await self._value(Call("DELETE", f"/authors/{calls.segment(author_id)}"))
        return order

    def erasures(self, **filters: FilterValue) -> AsyncIterator[Receipt]:
        """Go through the receipts of what was erased, the latest first."""
        return self._list("/erasures", filters)

    async def me(self) -> dict[str, Any]:
        """Say whose key this is, its scopes, and what is left of its limits."""
        found: dict[str, Any] = await self._value(calls.get("/me"))
        return found

    async def request(self, method: str, path: str, body: Any = None, **params: FilterValue) -> Any:
        """Make any other call under ``/api/v1``, such as ``request("GET", "/policies")``; a POST happens once."""
        return await self._value(calls.other(method, path, body, params))

    async def _list(self, path: str, filters: Mapping[str, FilterValue]) -> AsyncIterator[Any]:
        params: dict[str, str] | None = calls.parameters(filters)
        while params is not None:
            page = await self._value(Call("GET", path, params=params))
            for one in page["results"]:
                yield one
            params = answers.following(page)

    async def _value(self, call: Call) -> Any:
        return answers.value(await self._send(call))

    async def _send(self, call: Call, until: float = math.inf) -> httpx.Response:
        attempt = 1
        while True:
            outcome = await self._try(call)
            pause = self._retries.pause(call, attempt, outcome)
            if pause is None or time.monotonic() + pause > until:
                return answers.accepted(outcome)
            await anyio.sleep(pause)
            attempt += 1

    async def _try(self, call: Call) -> Outcome:
        try:
            return await self._http.send(self._http.build_request(**answers.arguments(call, self._timeout)))
        except httpx.TransportError as error:
            return error
