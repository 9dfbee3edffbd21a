"""Gunicorn's log in the form of all others: JSON lines on stderr."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import structlog
from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from foundation import logs

access_log = structlog.get_logger("assay.access")
PROBES = frozenset({"/healthz", "/readyz", "/metrics"})


class JsonLogger(Logger):  # type: ignore[misc]
    """What gunicorn calls to log; the class is named in deploy/gunicorn.conf.py."""

    def setup(self, cfg: Any) -> None:
        logs.configure(cfg.loglevel.upper())
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            log.handlers.clear()
            log.propagate = True

    def access(self, resp: Any, req: Any, environ: Mapping[str, Any], request_time: timedelta) -> None:
        """Log one request without its query, which may hold a link's signature, and without the caller's address."""
        if not self.access_log_enabled or (req.path in PROBES and resp.status_code < 400):
            return
        access_log.info(
            "request",
            method=req.method,
            path=req.path,
            status=resp.status_code,
            bytes=resp.sent,
            milliseconds=round(request_time.total_seconds() * 1000, 1),
            request_id=dict(resp.headers).get("X-Request-ID"),
        )
