"""Whose C2PA signatures are believed: root certificates that the operator named, and nobody else."""

import hashlib
import re
import ssl
from dataclasses import dataclass
from pathlib import Path

LARGEST_LIST = 5_000_000
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----")


class TrustListError(ValueError):
    """The file cannot be read or holds something that is no certificate."""


@dataclass(frozen=True)
class TrustList:
    """`pem`: the trusted root certificates one after the other; empty trusts nobody."""

    pem: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 of the list, empty for none: which list a finding was made with."""
        return hashlib.sha256(self.pem.encode()).hexdigest() if self.pem else ""


NOBODY = TrustList()


def load_trust_list(path: Path) -> TrustList:
    """The list in a PEM file, what stands between its certificates left out. Raises TrustListError."""
    try:
        if path.stat().st_size > LARGEST_LIST:
            raise TrustListError(f"{path} is larger than {LARGEST_LIST} bytes")
        found = _CERTIFICATE.findall(path.read_text("ascii", "replace"))
    except OSError as error:
        raise TrustListError(f"{path} cannot be read: {error.strerror}") from error
    pem = "\n".join(found)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=pem)
    except (ssl.SSLError, ValueError) as error:
        raise TrustListError(f"{path} holds no certificates, or one that cannot be read") from error
    return TrustList(pem)
