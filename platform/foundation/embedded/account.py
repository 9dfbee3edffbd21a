"""Who PostgreSQL runs as: it refuses to run as root."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from foundation.embedded.errors import SetupError
from foundation.embedded.process import setpriv

# Lets an unprivileged server pass through a 0700 folder such as /root; the second one is what containers grant.
_PASSAGES = ("dac_read_search", "dac_override")


@dataclass(frozen=True)
class Account:
    """An unprivileged user, and the setpriv options that become it."""

    uid: int
    gid: int
    options: tuple[str, ...]

    def own(self, folder: Path) -> None:
        os.chown(folder, self.uid, self.gid, follow_symlinks=False)


def account_for(folder: Path, program: Path) -> Account | None:
    """Returns the account that runs `program` on `folder` (which exists), or None when the present user may.

    As root it is the owner of the folder or, where that is root or unknown, nobody. Where that user cannot pass
    through the parents of both, it is given one capability to do so; no folder's permissions are changed.
    Raises SetupError when no way is found.
    """
    if os.geteuid() != 0:
        return None
    user = unprivileged(folder)
    identity = (f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups")
    for capability in (None, *_PASSAGES):
        options = identity + _passage(capability)
        if _reaches(options, folder, program):
            return Account(user.pw_uid, user.pw_gid, options)
    raise SetupError(
        f"PostgreSQL refuses to run as root, and the user {user.pw_name} cannot reach {folder}; "
        "run this as another user, move the project to a folder that everybody may enter, or set DATABASE_URL."
    )


def unprivileged(folder: Path) -> pwd.struct_passwd:
    """Returns the owner of the folder or of its nearest parent that is not root's, else nobody."""
    for candidate in (folder, *folder.parents):
        uid = candidate.stat().st_uid
        if uid == 0:
            continue
        try:
            return pwd.getpwuid(uid)
        except KeyError:
            break
    return _nobody()


def _nobody() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("nobody")
    except KeyError:
        raise SetupError(
            "PostgreSQL refuses to run as root, and there is no user nobody; run this as another user."
        ) from None


def _passage(capability: str | None) -> tuple[str, ...]:
    if capability is None:
        return ()
    # without this bit access(2), by which initdb looks for its own programs, would leave the capability out
    return ("--securebits=+no_setuid_fixup", f"--inh-caps=-all,+{capability}", f"--ambient-caps=-all,+{capability}")


def _reaches(options: tuple[str, ...], folder: Path, program: Path) -> bool:
    probe = subprocess.run(
        [setpriv(), *options, "--", "/bin/sh", "-c", 'cd "$0" && test -x "$1"', str(folder), str(program)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        cwd="/",
        check=False,
    )
    return probe.returncode == 0
