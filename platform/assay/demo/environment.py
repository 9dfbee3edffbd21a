"""The environment of the demo's processes."""

import os
import secrets
from pathlib import Path

from foundation.embedded import addresses

ROOT = Path(__file__).resolve().parents[3]
LOOPBACK = "127.0.0.0/8,::1/128"


def prepare(var: Path, port: int) -> str:
    """Set this process's environment, which its children inherit; return the address of the site."""
    site = f"http://127.0.0.1:{port}"
    found = addresses(var)
    metrics = var / "metrics"
    metrics.mkdir(parents=True, exist_ok=True)
    for left in metrics.glob("*.db"):
        left.unlink()
    os.environ.update(
        DJANGO_SETTINGS_MODULE="assay.settings",
        PYTHONPATH=os.pathsep.join([str(ROOT / "platform"), str(ROOT)]),
        DATABASE_URL=os.environ.get("DATABASE_URL", found.database_url),
        REDIS_URL=os.environ.get("REDIS_URL", found.redis_url),
        PROMETHEUS_MULTIPROC_DIR=str(metrics),
        ASSAY_VAR=str(var),
        ASSAY_ENV="development",
        ASSAY_SECRET_KEY=secret(var),
        ASSAY_DEMO="1",
        ASSAY_SITE_ADDRESS=site,
        ASSAY_RETRACTION_SECONDS="5",
        ASSAY_ANALYSIS_LEASE_SECONDS="30",
        ASSAY_ALLOWED_PRIVATE_NETWORKS=LOOPBACK,
    )
    return site


def secret(var: Path) -> str:
    """Return the demo's own secret key, made at the first run and kept, so that log-ins survive a restart."""
    path = var / "secret-key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(64))
    return path.read_text()
