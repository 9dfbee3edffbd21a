"""What a file says of its own origin, by the detector's signals and this site's C2PA trust list."""

from django.conf import settings

from detector.provenance import Evidence, TrustList, examine
from moderation.verdicts.provenance import Examined, Told


def trust_list() -> TrustList:
    return TrustList(settings.C2PA_TRUST_ANCHORS)


def examined(data: bytes, media_type: str) -> Examined:
    """Return what the file says; hostile metadata is one finding at most, never an error."""
    trusted = trust_list()
    return Examined([_told(evidence) for evidence in examine(data, media_type, trusted)], trusted.digest)


def _told(evidence: Evidence) -> Told:
    return {
        "kind": evidence.kind.value,
        "trust": evidence.trust.value,
        "suggests": evidence.suggests.value,
        "summary": evidence.summary,
        "details": evidence.details,
    }
