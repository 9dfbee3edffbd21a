"""Submit pictures to Assay, wait for verdicts, report and appeal, and verify what its webhooks tell.

from assay_client import Assay

with Assay("https://assay.example", key="ask_...") as assay:
    document = assay.submit_file("portrait.jpg", external_id="post-42", wait=10)
"""

from assay_client.asynchronous import AsyncAssay
from assay_client.errors import AssayError, Problem, SignatureInvalid, StillWaiting, Unreachable
from assay_client.retries import Retries
from assay_client.synchronous import Assay
from assay_client.version import __version__

__all__ = [
    "Assay",
    "AssayError",
    "AsyncAssay",
    "Problem",
    "Retries",
    "SignatureInvalid",
    "StillWaiting",
    "Unreachable",
    "__version__",
]
