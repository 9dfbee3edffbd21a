"""What a file says of its own origin, by the detector's signals and this site's C2PA trust list."""

from typing import cast

from django.conf import settings

from detector.provenance import TrustList, examine
from moderation.verdicts.provenance import Examined, Told


def trust_list() -> TrustList:
    return TrustList(settings.C2PA_TRUST_ANCHORS)


def examined(data: bytes, media_type: str) -> Examined:
    """Return what the file says; hostile metadata is one finding at most, never an error."""
    trusted = trust_list()
    told = [cast("Told", evidence.as_json()) for evidence in examine(data, media_type, trusted)]
    return Examined(told, trusted.digest)
