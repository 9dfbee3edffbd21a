"""The detector alone: ``python -m bench.bare FOLDER BATCH`` reads, decodes and judges a folder, and prints the rate."""

import json
import sys
import time
from pathlib import Path

from detector import bundles
from detector.bundles.card import ROLES
from detector.detect import Detector
from detector.images import read


def main(folder: Path, batch: int) -> float:
    """Return images per second over the folder, after one batch that is not counted."""
    detector = Detector({role: bundles.load(bundles.shipped(role)) for role in ROLES})
    files = sorted(folder.iterdir())
    detector.analyse([read(file.read_bytes()) for file in files[:batch]])
    started = time.perf_counter()
    for at in range(0, len(files), batch):
        detector.analyse([read(file.read_bytes()) for file in files[at : at + batch]])
    return len(files) / (time.perf_counter() - started)


if __name__ == "__main__":
    print(json.dumps({"images_per_second": main(Path(sys.argv[1]), int(sys.argv[2]))}))
