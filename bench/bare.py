"""The detector alone: ``python -m bench.bare FOLDER BATCH CACHE`` reads, decodes and judges a folder: images a second.

It runs on the engine that the worker chose, which finds its measurement in the folder CACHE.
"""

import json
import sys
import time
from pathlib import Path

from detector import bundles
from detector.bundles.card import ROLES
from detector.detect import Detector
from detector.images import read


def main(folder: Path, batch: int, cache: Path) -> float:
    """Return images per second over the folder, after one batch that is not counted."""
    found = {role: bundles.load(bundles.shipped(role)) for role in ROLES}
    detector = Detector(found, engine="auto", cache=cache)
    files = sorted(folder.iterdir())
    detector.analyse([read(file.read_bytes()) for file in files[:batch]])
    started = time.perf_counter()
    for at in range(0, len(files), batch):
        detector.analyse([read(file.read_bytes()) for file in files[at : at + batch]])
    return len(files) / (time.perf_counter() - started)


if __name__ == "__main__":
    print(json.dumps({"images_per_second": main(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))}))
