from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from detector.bundles.card import ROLES
from moderation.registry import incoming, services

ACTOR = "command:register_bundle"


class Command(BaseCommand):
    help = "Copy a bundle's folder into the storage, register it, and put it in service with --promote ROLE."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="FOLDER", help="holds card.json and weights.safetensors")
        parser.add_argument("--promote", metavar="ROLE", help=f"the bundle's role: {', '.join(ROLES)}")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            model = incoming.register(options["folder"], role=options["promote"], actor=ACTOR)
        except incoming.Refused as error:
            raise CommandError(str(error), returncode=2) from error
        if options["promote"]:
            services.promote(model, actor=ACTOR)
        self.stdout.write(f"{model.role}: {model} ({model.state})")
