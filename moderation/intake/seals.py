"""Seal pictures: only one role sees them from then on, and only it lifts the seal; every step is in the audit log."""

import hashlib
import re
from collections.abc import Iterable
from typing import Any, TypeVar

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from foundation.problems import Problem
from moderation.audit import services as audit
from moderation.clients.models import Person
from moderation.intake.models import SealedHash, SealReason, StoredImage

log = structlog.get_logger(__name__)
SYSTEM = "system"
SEALED = _("The picture is sealed: nobody more is to see it.")
DIGEST = re.compile(r"[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}")
LONGEST_NOTE = 200
GIVEN = [(value, words) for value, words in SealReason.choices if value != SealReason.LISTED]
"""The reasons that a person gives, with their words."""
Row = TypeVar("Row", bound=Model)


def may_see_sealed(caller: Any) -> bool:
    """Say whether the caller is a person of the role that sees sealed pictures (``ASSAY_SEAL_ROLE``)."""
    return isinstance(caller, Person) and caller.is_active and settings.SEAL_ROLE in caller.roles()


def refuse_sealed(caller: Any, image: StoredImage | None) -> None:
    """Let nobody but that role near a sealed picture, whatever link they have.

    Raises:
        Problem: ``gone``.
    """
    if image and image.is_sealed and not may_see_sealed(caller):
        raise Problem("gone", SEALED)


def without_sealed(rows: QuerySet[Row], caller: Any, field: str = "submission__image") -> QuerySet[Row]:
    """Return the rows whose picture, found along ``field``, is not sealed, or all of them for who may see those."""
    return rows if may_see_sealed(caller) else rows.filter(**{f"{field}__sealed_at": None})


def seal(image: StoredImage, person: Person, reason: str) -> bool:
    """Seal a picture; return whether this call did it.

    Raises:
        Problem: ``forbidden``, or ``invalid`` for what is no :class:`SealReason` that a person gives.
    """
    if not person.may_review():
        raise Problem("forbidden", _("Only moderators, leads and administrators seal pictures."))
    if reason not in dict(GIVEN):
        raise Problem("invalid", _("The picture was not sealed."), errors=[_fault("reason", _("Choose a reason."))])
    return _seal(image, person.actor(), SealReason(reason))


@transaction.atomic
def _seal(image: StoredImage, actor: str, reason: SealReason) -> bool:
    open_ = StoredImage.objects.unsealed().filter(pk=image.pk)
    if not open_.update(sealed_at=timezone.now(), sealed_by=actor, seal_reason=reason):
        return False
    image.refresh_from_db(fields=["sealed_at", "sealed_by", "seal_reason"])
    audit.record(actor, "image.sealed", image.pk, {"reason": reason.value}, client=image.client_id)
    log.warning("image_sealed", image=image.pk, client=image.client_id, reason=reason.value)
    return True


@transaction.atomic
def lift(image: StoredImage, person: Person) -> bool:
    """Lift a seal; return whether this call did it. The list of known files does not seal this picture again.

    Raises:
        Problem: ``forbidden`` to everybody without the role that sees sealed pictures.
    """
    if not may_see_sealed(person):
        raise Problem("forbidden", f"Only the role {settings.SEAL_ROLE} lifts a seal.")
    reason = image.seal_reason
    sealed = StoredImage.objects.filter(pk=image.pk).exclude(sealed_at=None)
    if not sealed.update(sealed_at=None, sealed_by="", seal_reason="", seal_lifted_at=timezone.now()):
        return False
    image.refresh_from_db(fields=["sealed_at", "sealed_by", "seal_reason", "seal_lifted_at"])
    audit.record(person.actor(), "image.seal_lifted", image.pk, {"reason": reason}, client=image.client_id)
    return True


def seal_if_listed(image: StoredImage, data: bytes) -> bool:
    """Seal a picture that comes in, if its file is on the list and nobody lifted that seal before."""
    if image.is_sealed or image.seal_lifted_at:
        return False
    others = [hashlib.new(name, data, usedforsecurity=False).hexdigest() for name in ("sha1", "md5")]
    listed = SealedHash.objects.filter(digest__in=[image.sha256, *others]).exists()
    return listed and _seal(image, SYSTEM, SealReason.LISTED)


def remember(image: StoredImage) -> None:
    """Put the file of a sealed picture that is erased on the list, so that it comes back sealed."""
    if image.is_sealed:
        note = "Sealed when it was erased"
        SealedHash.objects.get_or_create(digest=image.sha256, defaults={"note": note, "added_by": SYSTEM})


@transaction.atomic
def enlist(lines: Iterable[str], person: Person, note: str = "") -> int:
    """Add digests to the list, one a line, and seal what is here of them by SHA-256; return how many are new.

    Raises:
        Problem: ``forbidden``, or ``invalid`` when a line is no MD5, SHA-1 or SHA-256; then nothing is added.
    """
    _administers(person)
    digests = [text for line in lines if (text := line.strip().lower())]
    wrong = [number for number, digest in enumerate(digests, start=1) if not DIGEST.fullmatch(digest)]
    if wrong or len(note) > LONGEST_NOTE:
        where = f"Line {wrong[0]} is no MD5, SHA-1 or SHA-256." if wrong else f"At most {LONGEST_NOTE} characters."
        raise Problem("invalid", _("Nothing was added."), errors=[_fault("digests" if wrong else "note", where)])
    known = set(SealedHash.objects.filter(digest__in=digests).values_list("digest", flat=True))
    new = [digest for digest in dict.fromkeys(digests) if digest not in known]
    rows = [SealedHash(digest=digest, note=note, added_by=person.actor()) for digest in new]
    SealedHash.objects.bulk_create(rows, ignore_conflicts=True)
    audit.record(person.actor(), "sealed_hashes.added", "sealed_hashes", {"count": len(new)})
    for image in StoredImage.objects.unsealed().filter(sha256__in=new, seal_lifted_at=None):
        _seal(image, SYSTEM, SealReason.LISTED)
    return len(new)


@transaction.atomic
def delist(digest: str, person: Person) -> bool:
    """Take a digest off the list; what it sealed stays sealed. Return whether it was there.

    Raises:
        Problem: ``forbidden``.
    """
    _administers(person)
    deleted = bool(DIGEST.fullmatch(digest)) and SealedHash.objects.filter(digest=digest).delete()[0]
    if deleted:
        audit.record(person.actor(), "sealed_hashes.removed", "sealed_hashes", {"digest": digest})
    return bool(deleted)


def _administers(person: Person) -> None:
    if not may_see_sealed(person):
        raise Problem("forbidden", f"Only the role {settings.SEAL_ROLE} keeps the list of known files.")


def _fault(field: str, detail: str) -> dict[str, str]:
    return {"pointer": f"#/{field}", "detail": detail}
