"""Health checks of the containers: python deploy/probe.py web|ready|worker|courier|trainer|beat; 0 is healthy.

Only what is needed is imported, because an engine runs this every few seconds.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

PATIENCE = 5
SEEN_WITHIN = 60
WRITTEN_WITHIN = 600


def main(arguments: list[str]) -> int:
    checks = {"web": web, "ready": ready, "worker": worker, "courier": pinged, "trainer": pinged, "beat": beat}
    if len(arguments) != 1 or arguments[0] not in checks:
        print(f"usage: probe.py {'|'.join(checks)}", file=sys.stderr)
        return 2
    try:
        fault = checks[arguments[0]](arguments[0])
    except Exception as error:
        fault = f"{type(error).__name__}"
    print(fault or "healthy")
    return 1 if fault else 0


def web(_: str) -> str | None:
    return _get("/healthz")


def ready(_: str) -> str | None:
    return _get("/readyz")


def worker(_: str) -> str | None:
    """Ask for the heartbeat row: a worker with one process answers no ping while it looks at a batch."""
    import psycopg  # noqa: PLC0415

    query = "SELECT now() - seen_at < make_interval(secs => %s) FROM analysis_workerseen WHERE name = %s"
    with psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=PATIENCE) as connection:
        row = connection.execute(query, [SEEN_WITHIN, f"worker@{socket.gethostname()}"]).fetchone()
    return None if row and row[0] else f"no heartbeat within {SEEN_WITHIN} s"


def pinged(name: str) -> str | None:
    """Ping through the broker, without loading the site."""
    destination = f"{name}@{socket.gethostname()}"
    command = [sys.executable, "-m", "celery", "--broker", os.environ["REDIS_URL"], "inspect", "ping"]
    command += ["--destination", destination, "--timeout", str(PATIENCE)]
    answered = subprocess.run(command, capture_output=True, cwd="/", timeout=PATIENCE * 3, check=False).returncode == 0
    return None if answered else f"{destination} does not answer"


def beat(_: str) -> str | None:
    """Look at the schedule, which beat writes every three minutes."""
    written = max(path.stat().st_mtime for path in Path(os.environ["ASSAY_VAR"]).glob("beat-schedule*"))
    return None if time.time() - written < WRITTEN_WITHIN else "the schedule was not written lately"


def _get(path: str) -> str | None:
    """Ask the web process under the first host name that it accepts."""
    port = os.environ.get("ASSAY_WEB_BIND", "127.0.0.1:8000").rpartition(":")[2]
    hosts = os.environ.get("ASSAY_ALLOWED_HOSTS", "localhost")
    host = hosts.split(",")[0].strip().lstrip(".").replace("*", "localhost")
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": host})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE):  # noqa: S310  always http, always this machine
            return None
    except urllib.error.HTTPError as error:
        return f"{path} answers {error.code}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
