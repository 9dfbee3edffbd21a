"""From upload to verdict on the idle site: one 12-megapixel JPEG, every role, and where its time goes."""

import statistics
from datetime import datetime
from typing import Any

from bench import pictures
from bench.house import House, until

ROUNDS = 20
WARM_UP = 2
NETWORKS = ("general", "face", "edited")
LOOKING = ("faces", "preprocess")


def measure(house: House) -> dict[str, float]:
    """Return the medians, in milliseconds, over twenty uploads after two that are not counted."""
    house.programs["worker"].start()
    until(lambda: bool(house.log_lines("worker", "detector_loaded")), "the worker is ready")
    jpeg = pictures.large()
    rounds = [_one(house, pictures.variant(jpeg, number)) for number in range(ROUNDS + WARM_UP)][WARM_UP:]
    house.programs["worker"].stop()
    return {part: statistics.median(one[part] for one in rounds) for part in rounds[0]}


def _one(house: House, jpeg: bytes) -> dict[str, float]:
    done = len(house.log_lines("worker", "batch_done"))
    started = datetime.now().astimezone()
    with house.http() as http:
        answer = http.post("/api/v1/submissions", files={"file": ("large.jpg", jpeg)})
        answer.raise_for_status()
        one = answer.json()["id"]
        until(lambda: len(house.log_lines("worker", "batch_done")) > done, "the worker is done", pause=0.02)
        document = http.get(f"/api/v1/submissions/{one}").json()
    whole = (datetime.fromisoformat(document["analysed_at"]) - started).total_seconds()
    return _parts(house, one, whole)


def _parts(house: House, submission: str, whole: float) -> dict[str, float]:
    accepted = [line for line in house.log_lines("web", "submission_accepted") if line["submission"] == submission]
    batch: dict[str, Any] = house.log_lines("worker", "batch_done")[-1]["seconds"]
    verify, decode = accepted[0]["verified_in"], batch["decode"]
    networks = sum(batch.get(role, 0.0) for role in NETWORKS)
    looking = sum(batch.get(stage, 0.0) for stage in LOOKING)
    seconds = {
        "whole": whole,
        "decode at the door": verify,
        "decode in the worker": decode,
        "networks and maps": networks,
        "face finding and resizing": looking,
        "platform": whole - verify - decode - networks - looking,
        "platform with face finding and resizing": whole - verify - decode - networks,
    }
    return {part: value * 1000 for part, value in seconds.items()}
