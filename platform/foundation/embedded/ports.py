"""The TCP port that the demo serves on."""

import errno
import socket

from foundation.embedded.errors import SetupError, sentence


def choose_port(port: int, host: str = "127.0.0.1") -> int:
    """Returns `port` if it can be listened on, or a free one when `port` is 0.

    Raises SetupError when the port is taken, reserved, or not a port number.
    """
    if not 0 <= port <= 65_535:
        raise SetupError(f"{port} is not a port number; choose one from 1 to 65535, or 0 for any free one.")
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SetupError(_refusal(error, host, port)) from error
        return int(probe.getsockname()[1])


def _refusal(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is taken; stop what listens there, or choose another with PORT=8001 (0: any)."
    if error.errno == errno.EACCES:
        return f"Port {port} is reserved for the system; choose one above 1023, or PORT=0 for any free one."
    return sentence(error)
