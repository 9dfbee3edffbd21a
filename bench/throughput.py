"""Images per second of the loaded worker, beside the bare detector on the same images in the same run."""

import json
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

from bench import pictures
from bench.house import House, until

ROUNDS = 5
IMAGES = 96
BATCH = 8


def measure(house: House, folder: Path) -> dict[str, float]:
    """Return the medians, over rounds of one after the other, of images per second and of their ratio."""
    folder.mkdir(parents=True, exist_ok=True)
    pairs = [_round(house, folder, number) for number in range(ROUNDS)]
    return {
        "bare detector": statistics.median(peer for peer, _ in pairs),
        "loaded worker": statistics.median(loaded for _, loaded in pairs),
        "ratio": statistics.median(loaded / peer for peer, loaded in pairs),
    }


def _round(house: House, folder: Path, number: int) -> tuple[float, float]:
    images = pictures.ordinary(IMAGES, first=number * IMAGES)
    for at, data in enumerate(images):
        (folder / f"{at:03}.jpg").write_bytes(data)
    return bare(folder, house.cache), worker(house, images)


def bare(folder: Path, cache: Path) -> float:
    """Return images per second of the detector alone, in a process of its own."""
    command = [sys.executable, "-m", "bench.bare", str(folder), str(BATCH), str(cache)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(json.loads(answer.stdout.splitlines()[-1])["images_per_second"])


def worker(house: House, images: list[bytes]) -> float:
    """Submit everything while no worker runs, then start one and time it from its first claim to its last verdict."""
    with house.http() as http, ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda data: http.post("/api/v1/submissions", files={"file": ("a", data)}), images))
        ids = [answer.raise_for_status().json()["id"] for answer in answers]
        before = len(house.log_lines("worker", "batch_done"))
        house.programs["worker"].start()
        until(lambda: _closed(house, before) >= len(ids), "all are judged")
        house.programs["worker"].stop()
    claims = house.log_lines("worker", "batch_claimed")[before:]
    done = house.log_lines("worker", "batch_done")[before:]
    return len(ids) / (_at(done[-1]) - _at(claims[0]))


def _closed(house: House, before: int) -> int:
    time.sleep(0.5)
    return sum(line["closed"] for line in house.log_lines("worker", "batch_done")[before:])


def _at(line: dict[str, Any]) -> float:
    return datetime.fromisoformat(line["timestamp"]).timestamp()
