"""Starts the services of a folder, says so, and waits to be killed: python -m tests.foundation.embedded.parent VAR"""

import sys
import time
from pathlib import Path

from foundation.embedded.services import start

if __name__ == "__main__":
    services = start(Path(sys.argv[1]), fsync=False)
    print("ready", flush=True)
    time.sleep(600)
