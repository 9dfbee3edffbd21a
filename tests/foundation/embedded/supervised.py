"""Supervises the services of a folder and one program with a child of its own, as the demo does, until a signal.

python -m tests.foundation.embedded.supervised VAR
"""

import sys
from pathlib import Path

from foundation.embedded.errors import run_plainly
from foundation.embedded.services import Services
from foundation.embedded.supervisor import Program, Supervisor


def main() -> int:
    var = Path(sys.argv[1])
    services = Services(var, fsync=False)
    program = Program("program", ["sh", "-c", f"sleep 600 & wait # {var}"], var / "log" / "program.log", grace=2)
    with Supervisor([services.postgres, services.redis], [program]) as supervisor:
        print("ready", flush=True)
        supervisor.wait()
    return 0


if __name__ == "__main__":
    sys.exit(run_plainly(main))
