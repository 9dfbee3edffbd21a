"""A private PostgreSQL and Redis out of pip-installed binaries, for the demo and the tests.

Both listen on Unix sockets only, live under one folder (`var`), and die with the process that started them.
"""

from foundation.embedded.places import Addresses, addresses, client_url

__all__ = ["Addresses", "addresses", "client_url"]
