"""What happened, counted for Prometheus: every process of a machine writes into one folder, /metrics adds them up.

Set ``PROMETHEUS_MULTIPROC_DIR`` before this module is imported to share the folder; without it a process sees only
itself.
"""

from prometheus_client import Counter, Histogram

from foundation import multiprocess

multiprocess.share()

SUBMISSIONS = Counter("assay_submissions_total", "Submissions accepted", ["source"])
REFUSALS = Counter("assay_refusals_total", "Submissions refused", ["code"])
VERDICTS = Counter("assay_verdicts_total", "Verdicts given", ["label", "action", "decided_by"])
FAILURES = Counter("assay_failures_total", "Submissions whose analysis failed", ["code"])
ATTEMPTS = Counter("assay_webhook_attempts_total", "Webhook attempts", ["outcome"])
LIMITED = Counter("assay_rate_limited_total", "Requests refused because a limit was used up", ["policy"])
BATCH = Histogram("assay_batch_size", "Images in one analysis batch", buckets=(1, 2, 4, 8, 16, 32, 64))
STAGE = Histogram(
    "assay_stage_seconds",
    "Seconds per batch and stage of the analysis",
    ["stage"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
