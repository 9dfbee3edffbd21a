"""A log whose end was cut is found by what was signed before; and the command says so."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.core.management.base import CommandError

from moderation.audit import checkpoints, services, tasks
from moderation.audit.models import Checkpoint, Entry
from tests.audit.test_chain import unguarded

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def written(count: int = 3) -> list[Entry]:
    return [services.record("person:1", "a", f"case_{number}") for number in range(count)]


def verified(**options: Any) -> str:
    out = StringIO()
    call_command("verify_audit", stdout=out, stderr=StringIO(), **options)
    return out.getvalue()


def faults(**options: Any) -> str:
    told = StringIO()
    with pytest.raises(CommandError, match="The audit log was changed"):
        call_command("verify_audit", stdout=StringIO(), stderr=told, **options)
    return told.getvalue()


def cut(number: int) -> None:
    """Remove the last entries, as the owner of the tables can."""
    with unguarded():
        Entry.objects.filter(pk__in=Entry.objects.order_by("-id").values("pk")[:number]).delete()


def test_whole_log_holds() -> None:
    entries = written()
    checkpoints.make()
    written(1)

    assert verified() == f"The audit log holds: 4 entries, the newest covers entry {entries[-1].pk}.\n"


def test_empty_log_holds_and_is_not_signed() -> None:
    assert checkpoints.make() is None
    assert verified() == "The audit log holds: 0 entries, there is no checkpoint yet.\n"


def test_nothing_new_is_not_signed_again() -> None:
    written()
    assert checkpoints.make()
    assert checkpoints.make() is None
    assert Checkpoint.objects.count() == 1


def test_task_signs() -> None:
    written()
    tasks.checkpoint()
    stated = checkpoints.read(checkpoints.copied())
    last = Entry.objects.order_by("id").last()
    assert last
    assert stated
    assert (stated.entry, stated.hash) == (last.pk, last.hash)


def test_cut_end_is_found_though_the_chain_holds() -> None:
    last = written()[-1]
    checkpoints.make()
    cut(1)

    assert services.first_broken() is None
    assert f"checkpoint {last.pk}: entry {last.pk} is gone" in faults()


def test_cut_end_is_found_when_the_checkpoint_was_cut_too() -> None:
    last = written()[-1]
    checkpoints.make()
    cut(1)
    Checkpoint.objects.all().delete()

    assert faults() == f"the storage's checkpoint: entry {last.pk} is gone\n"


def test_cut_end_is_found_by_a_checkpoint_kept_elsewhere(tmp_path: Path) -> None:
    last = written()[-1]
    made = checkpoints.make()
    assert made
    (tmp_path / "kept").write_text(f"{made.token}\n\n")
    cut(1)
    Checkpoint.objects.all().delete()
    default_storage.delete(checkpoints.COPY)

    assert "The audit log holds" in verified()
    assert faults(checkpoints=tmp_path / "kept") == f"given checkpoint 1: entry {last.pk} is gone\n"


def test_end_that_was_written_anew_is_found() -> None:
    last = written()[-1]
    checkpoints.make()
    cut(1)
    forged = services.record("person:1", "a", "forged")
    with unguarded():
        Entry.objects.filter(pk=forged.pk).update(id=last.pk)

    assert services.first_broken() is None
    assert f"checkpoint {last.pk}: entry {last.pk} is another one" in faults()


def test_forged_checkpoint_is_found() -> None:
    entry = written()[-1]
    Checkpoint.objects.create(entry_id=entry.pk, token="WzEsIngiXQ:forged", created_at=entry.at)
    assert faults() == f"checkpoint {entry.pk}: not signed with this installation's key\n"


def test_old_checkpoints_outlive_the_key_and_the_newest_is_signed_anew(settings: Any) -> None:
    written()
    checkpoints.make()
    written()
    checkpoints.make()
    settings.SECRET_KEY = "another" * 10

    assert "not signed with this installation's key" in faults()
    assert checkpoints.make()
    assert "The audit log holds" in verified()
    assert Checkpoint.objects.count() == 2


def test_rewritten_entry_is_named_by_the_command() -> None:
    victim, *_ = written()
    with unguarded():
        Entry.objects.filter(pk=victim.pk).update(actor="person:2")
    assert faults() == f"entry {victim.pk}: does not fit its hash or its predecessor\n"


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_file_that_cannot_be_read_is_said(tmp_path: Path, content: bytes | None) -> None:
    if content:
        (tmp_path / "kept").write_bytes(content)
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("verify_audit", checkpoints=tmp_path / "kept")
