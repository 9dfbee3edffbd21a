"""Decode and store alone: ``python -m bench.filing FOLDER INTO THREADS`` tells the seconds and the processor's seconds.

What intake cannot do without: each file is read, decoded in full under the same limits, hashed, and written elsewhere.
"""

import json
import resource
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from detector.images import read


def main(folder: Path, into: Path, threads: int) -> dict[str, float]:
    """Return how long it took over the folder, after one file that is not counted."""
    files = sorted(folder.iterdir())
    read(files[0].read_bytes())
    into.mkdir(parents=True, exist_ok=True)

    def keep(file: Path) -> None:
        data = file.read_bytes()
        (into / read(data).facts.sha256).write_bytes(data)

    processor, started = _processor(), time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(keep, files))
    return {"seconds": time.perf_counter() - started, "processor": _processor() - processor}


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))))
