from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from moderation.audit import checkpoints, services
from moderation.audit.models import Checkpoint, Entry


class Command(BaseCommand):
    help = "Verify the audit log: every entry's hash, and every checkpoint that was signed. Exit status 1 on a fault."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--checkpoints",
            type=Path,
            metavar="FILE",
            help="checkpoints kept elsewhere, a token a line: they find a log that was cut together with its own",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        given = _tokens(options["checkpoints"])
        broken = services.first_broken()
        found = [f"entry {broken.pk}: does not fit its hash or its predecessor"] if broken else []
        found += checkpoints.faults(given)
        for fault in found:
            self.stderr.write(fault)
        if found:
            raise CommandError(f"The audit log was changed: {len(found)} faults.")
        newest = Checkpoint.objects.order_by("-entry_id").first()
        until = f"the newest covers entry {newest.entry_id}" if newest else "there is no checkpoint yet"
        self.stdout.write(f"The audit log holds: {Entry.objects.count()} entries, {until}.")


def _tokens(file: Path | None) -> list[str]:
    if file is None:
        return []
    try:
        return [line for line in file.read_text().splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{file} cannot be read: {error}") from error
