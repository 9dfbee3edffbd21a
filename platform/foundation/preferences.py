"""What a caller prefers: the header Prefer (RFC 7240)."""

import re

from django.http import HttpRequest

LONGEST_WAIT = 30  # seconds
WAIT = re.compile(r'wait\s*=\s*"?(\d{1,9})"?', re.IGNORECASE)


def wait_of(request: HttpRequest) -> int | None:
    """Return the seconds of ``Prefer: wait=N``, at most 30; None where there is none that is understood.

    The first of several counts (section 2); parameters and other preferences are ignored.
    """
    for preference in request.headers.get("Prefer", "").split(","):
        found = WAIT.fullmatch(preference.partition(";")[0].strip())
        if found:
            seconds = int(found[1])
            return min(seconds, LONGEST_WAIT) if seconds else None
    return None
