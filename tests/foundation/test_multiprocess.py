"""Metrics that several processes write into one folder, with real processes."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from foundation import multiprocess
from tests.services import ROOT

COUNT = """
from foundation import metrics
metrics.SUBMISSIONS.labels("api").inc({amount})
metrics.BATCH.observe({amount})
"""
GAUGE = """
from foundation import multiprocess
multiprocess.share()
from prometheus_client import Gauge
Gauge("busy", "Busy", multiprocess_mode="livesum").set(1)
"""
TELL = "from foundation import multiprocess; print(multiprocess.exposition().decode())"


def run(folder: Path | None, code: str) -> subprocess.Popen[str]:
    """Run code in a process of its own, which has ended when this returns."""
    env = {**os.environ, "PYTHONPATH": str(ROOT / "platform")}
    env.pop(multiprocess.FOLDER, None)
    shared = {multiprocess.FOLDER: str(folder)} if folder else {}
    process = subprocess.Popen([sys.executable, "-c", code], env={**env, **shared}, stdout=subprocess.PIPE, text=True)
    assert process.wait(30) == 0
    return process


def told(folder: Path | None, code: str = TELL) -> list[str]:
    output = run(folder, code).stdout
    assert output is not None
    return str(output.read()).splitlines()


def test_processes_of_one_folder_are_added_up(tmp_path: Path) -> None:
    run(tmp_path / "metrics", COUNT.format(amount=2))
    run(tmp_path / "metrics", COUNT.format(amount=5))

    lines = told(tmp_path / "metrics")

    assert 'assay_submissions_total{source="api"} 7.0' in lines
    assert "assay_batch_size_count 2.0" in lines
    assert 'assay_batch_size_bucket{le="4.0"} 1.0' in lines


def test_process_without_a_folder_tells_of_itself_alone() -> None:
    lines = told(None, COUNT.format(amount=3) + TELL)

    assert 'assay_submissions_total{source="api"} 3.0' in lines


def test_files_bear_the_machine_so_that_containers_with_equal_process_ids_do_not_share_one(tmp_path: Path) -> None:
    process = run(tmp_path, COUNT.format(amount=1))

    machine = socket.gethostname().replace("_", "-")
    assert {path.name for path in tmp_path.iterdir()} == {
        f"counter_{machine}-{process.pid}.db",
        f"histogram_{machine}-{process.pid}.db",
    }


def test_ended_process_loses_its_gauges_and_keeps_its_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    process = run(tmp_path, GAUGE + COUNT.format(amount=1))
    assert "busy 1.0" in told(tmp_path)
    monkeypatch.setenv(multiprocess.FOLDER, str(tmp_path))

    multiprocess.forget(process.pid + 1)
    assert "busy 1.0" in told(tmp_path)
    multiprocess.forget(process.pid)

    lines = told(tmp_path)
    assert "busy 1.0" not in lines
    assert 'assay_submissions_total{source="api"} 1.0' in lines


def test_forgetting_without_a_folder_does_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(multiprocess.FOLDER, raising=False)
    (tmp_path / "gauge_livesum_x-1.db").touch()

    multiprocess.forget(1)

    assert (tmp_path / "gauge_livesum_x-1.db").exists()
