"""Signed statements of where the log stood, kept outside of the database too, so that cutting its end is found."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import structlog
from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from foundation.times import rfc3339
from moderation.audit.models import Checkpoint, Entry

log = structlog.get_logger(__name__)
SALT = "assay.audit.checkpoint"
COPY = "audit/checkpoint.txt"


@dataclass(frozen=True)
class Statement:
    """What a checkpoint says: the last entry's number and its hash, which is that of everything before it too."""

    entry: int
    hash: str
    at: str


def make() -> Checkpoint | None:
    """Sign where the log stands now; None when the newest checkpoint says the same already."""
    last = Entry.objects.order_by("-id").first()
    newest = Checkpoint.objects.order_by("-entry_id").first()
    if last is None or (newest and newest.entry_id == last.pk and read(newest.token)):
        return None
    now = timezone.now()
    token = sign(Statement(last.pk, last.hash, rfc3339(now)))
    made: Checkpoint = Checkpoint.objects.update_or_create(
        entry_id=last.pk, defaults={"token": token, "created_at": now}
    )[0]
    log.info("audit_checkpoint", entry=last.pk, token=token)
    _copy(token)
    return made


def _copy(token: str) -> None:
    """Keep the newest in the storage; where that fails the next one is kept."""
    try:
        default_storage.delete(COPY)
        default_storage.save(COPY, ContentFile(token.encode()))
    except OSError:
        log.exception("audit_checkpoint_not_copied")


def copied() -> str:
    """Return the token that the storage keeps, or nothing."""
    try:
        with default_storage.open(COPY) as file:
            return str(file.read().decode())
    except (OSError, UnicodeDecodeError):
        return ""


def sign(stated: Statement) -> str:
    return signing.Signer(salt=SALT).sign_object([stated.entry, stated.hash, stated.at])


def read(token: str) -> Statement | None:
    """Return what a token says, or None for one that this installation's key did not sign."""
    try:
        entry, hash_, at = signing.Signer(salt=SALT).unsign_object(token.strip())
    except (signing.BadSignature, ValueError):
        return None
    return Statement(entry, hash_, at)


def faults(outside: Iterable[str] = ()) -> Iterator[str]:
    """Yield what the checkpoints say against the log: those in the table, the storage's copy, and tokens from outside.

    One that cannot be read counts, but for older ones in the table: they may be signed with a key of former times,
    and the newest covers all that they say.
    """
    newest = Checkpoint.objects.order_by("-entry_id").first()
    for row in Checkpoint.objects.order_by("entry_id").iterator():
        yield from _against(row.token, f"checkpoint {row.entry_id}", must_read=row == newest)
    kept = copied()
    for name, token in [("the storage's checkpoint", kept)] if kept else []:
        yield from _against(token, name, must_read=True)
    for number, token in enumerate(outside, start=1):
        yield from _against(token, f"given checkpoint {number}", must_read=True)


def _against(token: str, name: str, *, must_read: bool) -> Iterator[str]:
    stated = read(token)
    if stated is None:
        if must_read:
            yield f"{name}: not signed with this installation's key"
        return
    there = Entry.objects.filter(pk=stated.entry).first()
    if there is None:
        yield f"{name}: entry {stated.entry} is gone"
    elif there.hash != stated.hash:
        yield f"{name}: entry {stated.entry} is another one"
