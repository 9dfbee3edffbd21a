"""Run the demo: ``python -m assay.demo`` (``make demo``), with ``ONCE=1`` and ``PORT=8000`` from the environment."""

import os
import sys
from pathlib import Path

from rich.console import Console

from assay.demo import environment, house
from foundation.embedded.errors import SetupError, run_plainly
from foundation.embedded.ports import choose_port

DEFAULT_PORT = 8000
PIPE_WIDTH = 140


def main() -> int:
    console = Console()
    if not console.is_terminal:
        console = Console(width=PIPE_WIDTH)
    var = Path(os.environ.get("ASSAY_VAR", environment.ROOT / "var")).resolve()
    site = environment.prepare(var, choose_port(port()))
    house.run(console, var, site, once=os.environ.get("ONCE", "") not in {"", "0"})
    return 0


def port() -> int:
    """Return the port that the environment asks for.

    Raises:
        SetupError: it is no number.
    """
    given = os.environ.get("PORT", "") or str(DEFAULT_PORT)
    if not given.isdecimal():
        raise SetupError(f"PORT={given} is not a port number.")
    return int(given)


if __name__ == "__main__":
    sys.exit(run_plainly(main))
